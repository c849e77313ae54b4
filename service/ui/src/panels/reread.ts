/** After a step, ask again for everything it may have changed. */
import { refresh } from "../state/registry";

export const readZones = () => refresh.zones();
export const readRestrictions = () => refresh.restrictions();
export const readPermits = () => refresh.permits();

/** A decision on an application may issue a permit. */
export const readDecisions = () => Promise.all([refresh.applications(), refresh.permits()]);
