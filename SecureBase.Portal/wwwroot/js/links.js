// The token of a mailed link stands behind the #: browsers never send that part. It goes into the form's field and out of the
// address, so that neither the history nor a screenshot keeps it.
const field = document.querySelector("[data-link-token]");
const token = location.hash.slice(1);
if (field && token) {
  field.querySelector("input").value = token;
  history.replaceState(null, "", location.pathname + location.search);
}
// Sent back with an error, the form still has it.
if (field?.querySelector("input").value) field.hidden = true;

document.addEventListener("input", event => {
  const length = document.getElementById(event.target.dataset?.passwordLength ?? "");
  if (!length) return;
  const typed = [...event.target.value].length;
  const missing = event.target.minLength - typed;
  length.textContent = typed === 0 ? "" : missing > 0 ? `${missing} more needed.` : `${typed} characters.`;
});
