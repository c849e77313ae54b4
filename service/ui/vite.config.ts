import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** The map is split from the sign-in page; nothing is inlined, so that the strict CSP holds. */
export default defineConfig({
  plugins: [vue()],
  worker: { format: "es" },
  build: {
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "map-engine", test: /node_modules\/(maplibre-gl|terra-draw)/ }],
        },
      },
    },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
