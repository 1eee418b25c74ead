// Loads the page again when `cargo xtask serve` has built a new version. Served in that mode only.
// The version that this page is of stands behind the `?` of this script's own address.
const next = async (known) => {
  for (;;) {
    try {
      const response = await fetch(`/__reload?${known}`, { cache: "no-store" });
      const version = await response.text();
      if (version !== known) {
        location.reload();
        return;
      }
    } catch {
      // The server is away; a restarted one counts from 0 again, and its page is worth loading.
      known = "gone";
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
};
next(new URL(import.meta.url).search.slice(1));
