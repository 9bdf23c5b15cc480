"""Draw the page's icons, the picture that other sites show of it, and the painting that it opens with.

    python -m scripts.draw_page_pictures

It needs Chromium. The icons are icon.svg in several sizes, the picture shows previews of bundled styles, and the
painting is that of a sample photo.
"""

import base64
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from copyart.painting.loading import load
from copyart.styles.bundled import bundled_styles
from copyart.web.page.rendering import DEMO, DEMO_STYLE, sample_photo

STATIC = Path(__file__).resolve().parent.parent / "copyart" / "web" / "static"
#: Name → side in pixels, and whether systems cut a shape out of the icon, which then is drawn without rounded corners.
ICONS = {
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "icon-maskable.png": (512, True),
    "icon-touch.png": (180, True),
}
SHOWN = ("monet", "vangogh", "cezanne", "hokusai", "seurat", "turner", "munch", "rembrandt", "hiroshige")
STYLE = """
    body { margin: 0; display: grid; grid-template-columns: 570px 630px; background: #f5f2ec; color: #1f1c18; }
    div { align-self: center; padding: 64px; font: 500 68px/1.1 Palatino, "URW Palladio L", P052, Georgia, serif; }
    p { margin: 0 0 32px; font-size: 40px; font-weight: 600; color: #2b3f8c; }
    main { display: grid; grid-template-columns: repeat(3, 210px); }
    img { width: 210px; height: 210px; display: block; }
"""


def main() -> None:
    """Draw the icons, the picture and the painting into the folder of the page's files."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for name, (side, bleeds) in ICONS.items():
            svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
            draw_icon(page, svg.replace(' rx="6"', "") if bleeds else svg, side, STATIC / name)
        draw_link_picture(page, STATIC / "share.jpg")
        browser.close()
    paint_demo(STATIC / "demo.jpg")


def draw_icon(page: Page, svg: str, side: int, path: Path) -> None:
    """Draw an icon into a PNG of 64 colours, which are enough for flat areas."""
    page.set_viewport_size({"width": side, "height": side})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
    image = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    image.quantize(64, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)


def draw_link_picture(page: Page, path: Path) -> None:
    """Draw the picture that other sites show when they link to the page."""
    folders = bundled_styles()
    page.set_viewport_size({"width": 1200, "height": 630})
    images = "".join(f'<img src="{_data_url((folders[slug] / "preview.jpg").read_bytes())}">' for slug in SHOWN)
    page.set_content(f"<style>{STYLE}</style><div><p>Copyart</p>Your photo, as a painting</div><main>{images}</main>")
    page.screenshot(path=path, type="jpeg", quality=80)


def paint_demo(path: Path) -> None:
    """Paint the sample photo that the page opens with: large, so that it has fine strokes, then reduced."""
    with Image.open(io.BytesIO(sample_photo(DEMO) or b"")) as image:
        photo = image.convert("RGB").resize((3 * image.width, 3 * image.height), Image.Resampling.LANCZOS)
    painting = load(DEMO_STYLE).paint(photo)
    painting.thumbnail((400, 400), Image.Resampling.LANCZOS)
    painting.save(path, "jpeg", quality=50, optimize=True, progressive=True)


def _data_url(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


if __name__ == "__main__":
    main()
