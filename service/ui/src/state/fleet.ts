/** Vehicles, people and insurance that the reader may see: to choose from, and to be named. */
import { reactive } from "vue";
import { listInsurance, listPeople, listVehicles } from "../api/registry";
import { Problem } from "../api/problem";
import type { Insurance, Person, Vehicle } from "../api/types";
import { title } from "./kinds";

export const fleet = reactive({
  vehicles: [] as Vehicle[],
  people: [] as Person[],
  insurance: [] as Insurance[],
  problem: null as Problem | null,
});

export async function loadVehicles(): Promise<void> {
  try {
    fleet.vehicles = await listVehicles();
    fleet.problem = null;
  } catch (thrown) {
    fleet.problem = Problem.from(thrown);
  }
}

export async function loadFleet(): Promise<void> {
  await loadVehicles();
  try {
    [fleet.people, fleet.insurance] = await Promise.all([listPeople(), listInsurance()]);
  } catch (thrown) {
    fleet.problem = Problem.from(thrown);
  }
}

export const described = ({ vehicle_kind, manufacturer, model, plate, registration, vin }: Vehicle) =>
  [plate ?? registration ?? vin, manufacturer, model, title("vehicle_kind", vehicle_kind)]
    .filter(Boolean)
    .join(" · ");

/** What a vehicle is called; its id for readers who may not see more. */
export function vehicleName(id: string): string {
  const vehicle = fleet.vehicles.find((one) => one.id === id);
  return vehicle ? described(vehicle) : id;
}
