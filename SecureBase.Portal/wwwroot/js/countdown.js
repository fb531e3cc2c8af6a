// Counts every <time data-countdown> down, and up again once it is late. Changes the text node it finds and never the elements, which are the page's.
const soon = 30 * 60;
const pad = number => String(number).padStart(2, "0");

const words = seconds => {
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return seconds >= 360000
    ? `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24}:${rest}`
    : `${Math.floor(seconds / 3600)}:${rest}`;
};

const tick = () => {
  for (const element of document.querySelectorAll("time[data-countdown]")) {
    const left = (Date.parse(element.dateTime) - Date.now()) / 1000;
    const text = (left < 0 ? "+" : "") + words(Math.floor(Math.abs(left)));
    if (element.firstChild && element.firstChild.data !== text) element.firstChild.data = text;
    element.classList.toggle("late", left < 0);
    element.classList.toggle("soon", left >= 0 && left < soon);
  }
};

setInterval(tick, 1000);
