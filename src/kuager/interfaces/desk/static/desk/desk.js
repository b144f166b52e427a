// On a narrow screen the sections of the desk scroll sideways: begin with the present one in view.
const here = document.querySelector(".top nav a[aria-current]");
if (here) here.scrollIntoView({ block: "nearest", inline: "center" });
