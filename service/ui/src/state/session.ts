/** Who is signed in. The token lives in memory and, for reloads of this tab, in sessionStorage. */
import { computed, reactive } from "vue";
import type { Me } from "../api/types";

const KEY = "testzone.session";

interface Session {
  token: string | null;
  me: Me | null;
  expired: boolean;
}

export const session = reactive<Session>({
  token: sessionStorage.getItem(KEY),
  me: null,
  expired: false,
});

export const isSignedIn = computed(() => session.token !== null);

export function open(token: string): void {
  session.token = token;
  session.expired = false;
  sessionStorage.setItem(KEY, token);
}

/** Forget the session; `expired` says that it was not the person who left. */
export function close(expired = false): void {
  session.token = null;
  session.me = null;
  session.expired = expired;
  sessionStorage.removeItem(KEY);
}

export function may(action: string): boolean {
  return session.me?.allowed_actions.includes(action) ?? false;
}
