// Loads the page again when `cargo xtask serve` has built a new version. Served in that mode only.
const next = async (known) => {
  for (;;) {
    try {
      const response = await fetch(`/__reload?${known}`, { cache: "no-store" });
      const version = await response.text();
      if (known !== "" && version !== known) {
        location.reload();
        return;
      }
      known = version;
    } catch {
      // The server is away; a restarted one counts from 0 again, and its page is worth loading.
      known = "gone";
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
};
next("");
