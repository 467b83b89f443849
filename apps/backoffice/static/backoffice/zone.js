// Tells the back office the browser's time zone, and asks for the page again where it was shown in another.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = document.cookie.split("; ").find((pair) => pair.startsWith("back_office_zone="));
  if (!zone || known === `back_office_zone=${zone}`) return;
  // The site may stand below a path of its own.
  const path = location.pathname.replace(/\/admin(\/.*)?$/, "/admin");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `back_office_zone=${zone}; Path=${path}; Max-Age=31536000; SameSite=Lax${secure}`;
  document.addEventListener("DOMContentLoaded", () => {
    const written = document.cookie.includes(`back_office_zone=${zone}`);
    if (written && zone !== "UTC" && document.querySelector("time")) location.reload();
  });
})();
