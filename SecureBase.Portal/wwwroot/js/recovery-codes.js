// Keeps recovery codes: copied, as a file, or on paper. They never leave this page otherwise.
document.addEventListener("click", async event => {
  const button = event.target.closest?.("[data-codes]");
  if (!button) return;
  const list = button.closest("[data-codes-of]");
  const codes = [...list.querySelectorAll("li")].map(item => item.textContent.trim());
  const status = list.querySelector("[data-codes-status]");
  const whole = `SecureBase recovery codes for ${list.dataset.codesOf} (${location.host})\nEach works once.\n\n${codes.join("\n")}\n`;
  switch (button.dataset.codes) {
    case "copy":
      try {
        await navigator.clipboard.writeText(whole);
        status.textContent = "Copied";
      } catch {
        status.textContent = "Your browser does not allow copying. Select the codes instead.";
      }
      break;
    case "download": {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([whole], { type: "text/plain" }));
      link.download = `recovery-codes-${location.hostname}.txt`;
      link.click();
      URL.revokeObjectURL(link.href);
      status.textContent = "Downloaded";
      break;
    }
    default:
      document.documentElement.setAttribute("data-print-codes", "");
      window.print();
      document.documentElement.removeAttribute("data-print-codes");
  }
});
