// Inputs whose look is the browser's own, in the reader's language: files by a button and their names, days in words.
import { dressDay } from "./days.js";

const zh = () => document.documentElement.lang.startsWith("zh");
const t = (chinese, english) => (zh() ? chinese : english);

// the input itself lies over what is shown, unseen: tapped, dropped on and reached by the keyboard as ever
function dressFile(input) {
  const picture = (input.accept || "").startsWith("image");
  const box = document.createElement("span");
  box.className = "file";
  const button = document.createElement("span");
  button.className = "button";
  button.textContent = picture ? t("拍照或选择照片", "Take or choose a photograph") : t("选择文件", "Choose a file");
  const name = document.createElement("span");
  name.className = "file-name";
  name.setAttribute("role", "status");
  input.before(box);
  box.append(input, button, name);
  const tell = () => {
    name.textContent = Array.from(input.files).map((one) => one.name).join(t("、", ", ")) || t("未选择", "none chosen");
    box.classList.toggle("chosen", input.files.length > 0);
  };
  input.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  tell();
}

// one empty place for a photograph at a time
function openOneByOne(box) {
  const files = Array.from(box.querySelectorAll("input[type=file][accept]"));
  const show = () => files.forEach((file, no) => { file.parentElement.hidden = no > 0 && !files[no - 1].files.length; });
  files.forEach((file) => file.addEventListener("change", show));
  window.addEventListener("pageshow", show);
  show();
}

function dress() {
  document.querySelectorAll("input[type=file]").forEach(dressFile);
  document.querySelectorAll(".uploads").forEach(openOneByOne);
  document.querySelectorAll("input[type=date], input[type=datetime-local]").forEach(dressDay);
}

dress();
document.addEventListener("shown", dress);
