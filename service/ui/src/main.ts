/** Starts the page. */
import { createApp } from "vue";
import "./styles/element";
import "./styles/tokens.css";
import "./styles/base.css";
import App from "./App.vue";
import { i18n } from "./locales";

createApp(App).use(i18n).mount("#app");
