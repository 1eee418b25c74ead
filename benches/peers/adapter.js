// The WebGPU adapter, and its name.

export async function adapter() {
  const found = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!found) throw new Error("this browser has no WebGPU adapter");
  return found;
}

export async function adapterName() {
  const { vendor, architecture, device, description, isFallbackAdapter } = (await adapter()).info;
  const words = [...new Set([vendor, architecture, device, description])].filter(Boolean).join(" ") || "an adapter without a name";
  return isFallbackAdapter ? `${words} (software)` : words;
}
