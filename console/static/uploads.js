// A form with files goes in sight: how much of it has left. What the server answers is shown as if the form had gone alone.
const zh = () => document.documentElement.lang.startsWith("zh");

const filesOf = (form) => Array.from(form.querySelectorAll("input[type=file]")).flatMap((one) => Array.from(one.files));

function line(form) {
  const found = form.querySelector(".sending") || document.createElement("p");
  found.className = "sending";
  found.setAttribute("role", "status");
  form.querySelector(".go").before(found);
  return found;
}

function told(files) {
  const size = (files.reduce((sum, one) => sum + one.size, 0) / 1000000).toFixed(1);
  return zh()
    ? `正在上传 ${files.length} 个文件（${size} MB），请不要离开本页；网络中断可以再次提交，不会重复。`
    : `Sending ${files.length} files (${size} MB); stay on this page. If the line breaks, send again: nothing is added twice.`;
}

// the answer takes the place of the page; what enlivens a page is told to begin anew
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.body.replaceWith(page.body);
  window.scrollTo(0, 0);
  document.dispatchEvent(new Event("shown"));
}

// True when the form is on its way from here; `again` makes it ready to be sent once more.
export function sendInSight(form, event, again) {
  const files = filesOf(form);
  if (!files.length) return false;
  const where = line(form);
  where.textContent = told(files);
  event.preventDefault();
  const bar = document.createElement("progress");
  const percent = document.createElement("b");
  bar.max = 100;
  where.append(bar, percent);
  const body = new FormData(form);
  if (event.submitter && event.submitter.name) body.append(event.submitter.name, event.submitter.value);
  const sent = new XMLHttpRequest();
  sent.open("POST", form.action);
  sent.upload.addEventListener("progress", (at) => {
    if (!at.lengthComputable) return;
    bar.value = Math.floor((at.loaded / at.total) * 100);
    percent.textContent = bar.value < 100 ? ` ${bar.value}%` : zh() ? " 已传完，正在核对…" : " all there, being looked at …";
  });
  sent.addEventListener("load", () => {
    if (sent.responseURL !== form.action) window.location.assign(sent.responseURL);
    else show(sent.responseText);
  });
  sent.addEventListener("error", () => {
    where.textContent = zh() ? "网络中断，没有传完：内容都还在，请再次提交，不会重复。" : "The line broke: everything is still here; send again, nothing is added twice.";
    again();
  });
  sent.send(body);
  return true;
}
