// Works a job off: one small request a batch, until it is finished or stopped.
(() => {
  const form = document.getElementById("job-step");
  const write = (id, text) => {
    const element = document.getElementById(id);
    if (element) element.textContent = text;
  };
  let failures = 0;

  async function step() {
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      if (answer.redirected) throw new Error("your session has ended, sign in in another tab");
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const job = await answer.json();
      failures = 0;
      document.getElementById("job-bar").value = job.percent;
      for (const name of ["seen", "changed", "refused"]) write(`job-${name}`, job[name]);
      if (job.state === "running") return setTimeout(step, 0);
      location.reload();
    } catch (error) {
      failures += 1;
      if (failures < 5) return setTimeout(step, 1000 * failures);
      const problem = document.getElementById("job-problem");
      problem.textContent = `It does not go on: ${error.message}. Nothing is lost; load the page again to go on.`;
      problem.hidden = false;
    }
  }
  step();
})();
