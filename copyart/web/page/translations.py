"""What the page says, in English and in French."""

import re

#: The languages of the page, the one to fall back on first.
LANGUAGES = ("en", "fr")

_ENGLISH = {
    "title": "Copyart: turn a photo into a painting",
    "description": "Choose a photo and an artist, and see it painted. In your browser; the photo stays with you.",
    "skip": "Skip to the photo",
    "language": "Language",
    "headline": "Your photo, as a painting",
    "lead": "Pick a painter. It happens on your device.",
    "photo": "Photo",
    "choose": "Choose a photo",
    "another": "Another photo",
    "camera": "Take a photo",
    "drop": "or drop one here, or paste it",
    "samples": "or try one of these",
    "sample": "Sample photo {number}",
    "drop_here": "Drop to use this photo",
    "artist": "Pick a painter",
    "search": "Search by name",
    "movements": "Movements",
    "all_movements": "All",
    "no_style": "No painter of that name here.",
    "experimental": "experimental",
    "experimental_note": "Experimental styles are still learning: they paint, but not yet as well as they should.",
    "paint": "Paint",
    "pick_now": "Your photo. Now pick a painter.",
    "again": "Try again",
    "cancel": "Cancel",
    "cancelled": "Cancelled. Nothing was painted.",
    "strength": "Strength",
    "preserve": "Keep the colours of the photo",
    "download": "Download the painting",
    "compare": "Compare: how much of the painting shows",
    "compare_value": "{percent} % painting",
    "your_photo": "Your photo, {width} by {height} pixels",
    "painting_alt": "Your photo, painted {manner}",
    "before": "Photo",
    "after": "Painting",
    "in_browser": "Painted in your browser: the photo never leaves this device.",
    "on_server": "Painted by the server: the photo is sent there, and not kept.",
    "why_no_runtime": "The files for painting in the browser are not installed here.",
    "why_no_wasm": "This browser lacks what it takes to paint by itself.",
    "why_style": "Only the server paints in this style.",
    "why_canvas": "This browser does not let pages read pictures back.",
    "nobody": "Nothing can paint here.",
    "fetching": "Fetching the brushes: {done} of {total} MB",
    "starting": "Mixing the paint…",
    "painting": "Painting: {percent} %",
    "sending": "Sending the photo: {percent} %",
    "waiting": "Waiting for a free easel…",
    "waiting_place": "Waiting for a free easel: place {place}",
    "server_paints": "The server is painting…",
    "done": "Painted {manner} in {seconds} s.",
    "reduced": "Painted at {width} × {height} of {full_width} × {full_height} pixels: more might not fit in the "
    "memory of this browser.",
    "server_reduced": "Painted by the server at {width} × {height} of {full_width} × {full_height} pixels.",
    "larger_on_server": "Send it to the server, which paints {width} × {height} pixels",
    "moves": "This picture moves. The page paints its first frame; the program Copyart paints all of them.",
    "problem_heic": "This is a HEIC photo, which this browser cannot read. Save it as JPEG in your photo app, or set "
    "the camera of your phone to “most compatible”.",
    "problem_tiff": "This is a TIFF picture, which browsers cannot read. Save it as JPEG or PNG, then choose it again.",
    "server_instead": "Send it to the server instead",
    "problem_no-picture": "This file is not a picture that your browser can read. JPEG, PNG, WebP, GIF, BMP and AVIF "
    "work.",
    "problem_bad-request": "Choose a photo and an artist first.",
    "problem_too-large": "This photo is too large. Make it smaller and try again.",
    "problem_not-a-picture": "This file is not a picture. JPEG, PNG, WebP, GIF, BMP, TIFF and AVIF work.",
    "problem_damaged": "This photo is damaged or moves. Another one, such as a JPEG or PNG, may work.",
    "problem_not-ready": "The painter is just coming back to the easel. Try again in {seconds} s.",
    "problem_busy": "Too many people are painting just now. Try again in {seconds} s.",
    "problem_too-many-requests": "That was a lot of photos in a short time. Try again in {seconds} s.",
    "problem_too-slow": "The painting took too long and was stopped. A smaller photo may work.",
    "problem_unreachable": "The server cannot be reached. Check the connection and try again.",
    "problem_broken": "Something went wrong while painting. Try again.",
    "problem_model-missing": "This artist could not be fetched. Check the connection and try again.",
    "problem_no-memory": "There was not enough memory for this photo. Make it smaller and try again.",
    "camera_refused": "The camera cannot be used: it was not allowed, or there is none.",
    "camera_title": "Take a photo",
    "shoot": "Take it",
    "close": "Close",
    "live": "Live camera",
    "live_first": "Painter",
    "live_second": "Mixed with",
    "live_nobody": "Nobody",
    "live_share": "How much of the second",
    "live_still": "Take it, and paint it large",
    "live_record": "Record",
    "live_stop": "Stop and save",
    "live_recording": "Recording.",
    "live_saved": "The film is saved with your downloads.",
    "live_pace": "{rate} frames/s, {width} × {height} pixels. Nothing leaves this device.",
    "live_alt": "What the camera sees, painted {manner}",
    "live_mixed": "{first} and {second}",
    "live_ended": "The camera has stopped.",
    "result_title": "The painting",
    "result_again": "Paint another photo",
    "needs_scripts": "This page paints with JavaScript, which is turned off.",
    "about": "Free software, MIT licence. No account, no tracking, nothing from other sites.",
}

_FRENCH = {
    "title": "Copyart : transformez une photo en peinture",
    "description": "Choisissez une photo et un artiste. Tout se peint dans votre navigateur ; la photo reste à vous.",
    "skip": "Aller à la photo",
    "language": "Langue",
    "headline": "Votre photo, en peinture",
    "lead": "Choisissez un peintre. Tout se passe sur votre appareil.",
    "photo": "Photo",
    "choose": "Choisir une photo",
    "another": "Une autre photo",
    "camera": "Prendre une photo",
    "drop": "ou déposez-la ici, ou collez-la",
    "samples": "ou essayez l'une de celles-ci",
    "sample": "Photo d'exemple {number}",
    "drop_here": "Déposez pour utiliser cette photo",
    "artist": "Choisissez un peintre",
    "search": "Chercher par nom",
    "movements": "Mouvements",
    "all_movements": "Tous",
    "no_style": "Aucun peintre de ce nom ici.",
    "experimental": "expérimental",
    "experimental_note": "Les styles expérimentaux apprennent encore : ils peignent, mais pas aussi bien qu'ils le "
    "devraient.",
    "paint": "Peindre",
    "pick_now": "Votre photo. À vous de choisir un peintre.",
    "again": "Réessayer",
    "cancel": "Annuler",
    "cancelled": "Annulé. Rien n'a été peint.",
    "strength": "Intensité",
    "preserve": "Garder les couleurs de la photo",
    "download": "Télécharger la peinture",
    "compare": "Comparer : quelle part de la peinture se voit",
    "compare_value": "{percent} % de peinture",
    "your_photo": "Votre photo, {width} sur {height} pixels",
    "painting_alt": "Votre photo, peinte {manner}",
    "before": "Photo",
    "after": "Peinture",
    "in_browser": "Peint dans votre navigateur : la photo ne quitte pas cet appareil.",
    "on_server": "Peint par le serveur : la photo y est envoyée, et n'y est pas conservée.",
    "why_no_runtime": "Les fichiers pour peindre dans le navigateur ne sont pas installés ici.",
    "why_no_wasm": "Il manque à ce navigateur de quoi peindre lui-même.",
    "why_style": "Seul le serveur sait peindre dans ce style.",
    "why_canvas": "Ce navigateur ne laisse pas les pages relire les images.",
    "nobody": "Rien ne peut peindre ici.",
    "fetching": "Arrivée des pinceaux : {done} Mo sur {total}",
    "starting": "Mélange des couleurs…",
    "painting": "Peinture : {percent} %",
    "sending": "Envoi de la photo : {percent} %",
    "waiting": "En attente d'un chevalet libre…",
    "waiting_place": "En attente d'un chevalet libre : place {place}",
    "server_paints": "Le serveur peint…",
    "done": "Peint {manner} en {seconds} s.",
    "reduced": "Peint en {width} × {height} au lieu de {full_width} × {full_height} pixels : davantage pourrait ne pas "
    "tenir dans la mémoire de ce navigateur.",
    "server_reduced": "Peint par le serveur en {width} × {height} au lieu de {full_width} × {full_height} pixels.",
    "larger_on_server": "L'envoyer au serveur, qui peint {width} × {height} pixels",
    "moves": "Cette image est animée. La page en peint la première vue ; le programme Copyart les peint toutes.",
    "problem_heic": "Cette photo est au format HEIC, que ce navigateur ne lit pas. Enregistrez-la en JPEG dans "
    "l'application Photos, ou réglez l'appareil sur « le plus compatible ».",
    "problem_tiff": "Cette image est au format TIFF, que les navigateurs ne lisent pas. Enregistrez-la en JPEG ou en "
    "PNG, puis choisissez-la de nouveau.",
    "server_instead": "L'envoyer plutôt au serveur",
    "problem_no-picture": "Ce fichier n'est pas une image que votre navigateur sait lire. JPEG, PNG, WebP, GIF, BMP et "
    "AVIF conviennent.",
    "problem_bad-request": "Choisissez d'abord une photo et un artiste.",
    "problem_too-large": "Cette photo est trop grande. Réduisez-la, puis réessayez.",
    "problem_not-a-picture": "Ce fichier n'est pas une image. JPEG, PNG, WebP, GIF, BMP, TIFF et AVIF conviennent.",
    "problem_damaged": "Cette photo est abîmée ou animée. Une autre, en JPEG ou PNG par exemple, peut convenir.",
    "problem_not-ready": "Le peintre revient à son chevalet. Réessayez dans {seconds} s.",
    "problem_busy": "Trop de monde peint en ce moment. Réessayez dans {seconds} s.",
    "problem_too-many-requests": "Beaucoup de photos en peu de temps. Réessayez dans {seconds} s.",
    "problem_too-slow": "La peinture a pris trop de temps et a été arrêtée. Une photo plus petite peut convenir.",
    "problem_unreachable": "Le serveur est injoignable. Vérifiez la connexion, puis réessayez.",
    "problem_broken": "Quelque chose a échoué pendant la peinture. Réessayez.",
    "problem_model-missing": "Cet artiste n'a pas pu être chargé. Vérifiez la connexion, puis réessayez.",
    "problem_no-memory": "La mémoire n'a pas suffi pour cette photo. Réduisez-la, puis réessayez.",
    "camera_refused": "L'appareil photo n'est pas utilisable : il n'a pas été autorisé, ou il n'y en a pas.",
    "camera_title": "Prendre une photo",
    "shoot": "Photographier",
    "close": "Fermer",
    "live": "Caméra en direct",
    "live_first": "Peintre",
    "live_second": "Mêlé à",
    "live_nobody": "Personne",
    "live_share": "Part du second",
    "live_still": "Photographier et peindre en grand",
    "live_record": "Filmer",
    "live_stop": "Arrêter et enregistrer",
    "live_recording": "Le film est en cours.",
    "live_saved": "Le film est dans vos téléchargements.",
    "live_pace": "{rate} images/s, {width} × {height} pixels. Rien ne quitte cet appareil.",
    "live_alt": "Ce que voit la caméra, peint {manner}",
    "live_mixed": "{first} et {second}",
    "live_ended": "La caméra s'est arrêtée.",
    "result_title": "La peinture",
    "result_again": "Peindre une autre photo",
    "needs_scripts": "Cette page peint avec JavaScript, qui est désactivé.",
    "about": "Logiciel libre, licence MIT. Ni compte, ni pistage, rien qui vienne d'autres sites.",
}


def _spaced(text: str) -> str:
    # French sets a space before these signs, at which no line may end.
    return re.sub(r" ([:;!?])", "\u00a0\\1", text)


#: Language → name → text; what stands in braces is filled in.
TRANSLATIONS = {"en": _ENGLISH, "fr": {name: _spaced(text) for name, text in _FRENCH.items()}}


def in_the_style_of(language: str, name: str, school: bool = False) -> str:
    """Return the phrase that says whose style a painting has: "in the style of …", « à la manière d'Edvard Munch ».

    Args:
        language: One of `LANGUAGES`.
        name: Of the style, in that language.
        school: Whether it is a school, such as Ukiyo-e, or a style of one's own, not a person.
    """
    if language == "en":
        return f"in the style of {name}"
    if school:
        return f"dans le style {name}"
    if name.startswith("Le "):
        return f"à la manière du {name[3:]}"
    of = "d'" if name.startswith((*"AEIOUÉ", "Henri")) else "de "
    return f"à la manière {of}{name}"


#: French names of the movements in `copyart/artists.csv`.
FRENCH_MOVEMENTS = {
    "Art Nouveau": "Art nouveau",
    "Baroque": "Baroque",
    "Byzantine Art": "Art byzantin",
    "Cubism": "Cubisme",
    "De Stijl": "De Stijl",
    "Early Renaissance": "Première Renaissance",
    "Expressionism": "Expressionnisme",
    "Fauvism": "Fauvisme",
    "High Renaissance": "Haute Renaissance",
    "Impressionism": "Impressionnisme",
    "Mannerism": "Maniérisme",
    "Naïve Art": "Art naïf",
    "Neo-Impressionism": "Néo-impressionnisme",
    "Northern Renaissance": "Renaissance du Nord",
    "Post-Impressionism": "Postimpressionnisme",
    "Proto-Renaissance": "Proto-Renaissance",
    "Realism": "Réalisme",
    "Romanticism": "Romantisme",
    "School of Paris": "École de Paris",
    "Suprematism": "Suprématisme",
    "Symbolism": "Symbolisme",
    "Ukiyo-e": "Ukiyo-e",
}
