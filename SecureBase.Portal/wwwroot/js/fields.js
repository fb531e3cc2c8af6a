// Text boxes marked data-live report what stands in them as a change event at most four times a second while someone
// types, and at once when the box is left or sent; so a long text does not cross the wire with every key. While the circuit
// is away nobody listens: connection.js tells all texts when it is back.
const pause = 250;
const pending = new Map();

const report = box => {
  clearTimeout(pending.get(box));
  if (!pending.delete(box) || document.documentElement.hasAttribute("data-away")) return;
  box.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("input", event => {
  const box = event.target;
  if (box.matches?.("[data-live]") && !pending.has(box)) pending.set(box, setTimeout(report, pause, box));
});
for (const leaving of ["focusout", "flush"])
  document.addEventListener(leaving, event => report(event.target));

// The password's eye works on static pages too.
document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-reveals]");
  if (!button) return;
  const field = document.getElementById(button.dataset.reveals);
  const reveal = field.type === "password";
  field.type = reveal ? "text" : "password";
  button.setAttribute("aria-pressed", String(reveal));
  button.setAttribute("aria-label", reveal ? "Hide password" : "Show password");
});
