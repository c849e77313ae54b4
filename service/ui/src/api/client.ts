/** The one way to the registry: language and identity on every request, refusals as `Problem`. */
import createClient from "openapi-fetch";
import { prefs } from "../state/prefs";
import { close, session } from "../state/session";
import { Problem } from "./problem";
import type { paths } from "./schema";
import type { Located } from "./types";

export const client = createClient<paths>({ baseUrl: location.origin });

client.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", prefs.language === "zh" ? "zh-CN" : "en");
    if (session.token) request.headers.set("Authorization", `Bearer ${session.token}`);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401 && session.token) close(true);
  },
});

interface Answer<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; a refusal is thrown. */
export async function answered<Body>(asked: Promise<Answer<Body>>): Promise<Located<Body>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw Problem.of(response, error);
  return data as Located<Body>;
}
