// Asks the visitor for confirmation before something that they made is lost.

const dialog = document.getElementById("question");
const [yes, no] = dialog.querySelectorAll("button");

/** Ask a question, and return a promise of whether the visitor agrees. Closing the dialog means no. */
export function askToConfirm(question, agree, refuse) {
  document.getElementById("asked").textContent = question;
  yes.textContent = agree;
  no.textContent = refuse;
  dialog.returnValue = "";
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
yes.addEventListener("click", () => dialog.close("yes"));
no.addEventListener("click", () => dialog.close(""));
