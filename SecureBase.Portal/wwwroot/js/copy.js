// A button with data-copies="id" copies the text of that element. Where the browser refuses, the text is selected instead.
const said = 2000;

const select = element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

document.addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const label = button.querySelector("[aria-live]");
  const before = label.dataset.before ??= label.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    label.textContent = "Copied";
  } catch {
    select(source);
    label.textContent = "Selected";
  }
  setTimeout(() => { label.textContent = before; }, said);
});
