// A browser writes days in a manner of its own: over it lies the day in the reader's language, until somebody is in the field.
const zh = () => document.documentElement.lang.startsWith("zh");
const t = (chinese, english) => (zh() ? chinese : english);

function dayOf(value, short) {
  const [day, time] = value.split("T");
  const [year, month, date] = day.split("-").map(Number);
  const options = { year: "numeric", month: zh() ? "long" : "short", day: "numeric" };
  if (!short) options.weekday = zh() ? "long" : "short";
  const words = new Date(year, month - 1, date).toLocaleDateString(zh() ? "zh-CN" : "en-GB", options);
  return time ? `${words} ${time.slice(0, 5)}` : words;
}

function nothing(input) {
  return input.type === "date" ? t("年/月/日", "day/month/year") : t("年/月/日 时:分", "day/month/year, time");
}

export function dressDay(input) {
  const box = document.createElement("span");
  box.className = "day-box";
  const said = document.createElement("span");
  said.className = "day-said";
  said.setAttribute("aria-hidden", "true"); // the field itself tells its value
  const short = Boolean(input.closest(".filters"));
  if (input.parentNode) input.before(box);
  box.append(input, said);
  const tell = () => {
    said.textContent = input.value ? dayOf(input.value, short) : nothing(input);
    said.classList.toggle("none-said", !input.value);
  };
  ["input", "change"].forEach((name) => input.addEventListener(name, tell));
  window.addEventListener("pageshow", tell);
  tell();
  return box;
}
