/** Short names for the generated shapes; geometry is typed as GeoJSON, which OpenAPI cannot say. */
import type { Geometry } from "geojson";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** A shape with every geometry in it typed as GeoJSON. */
export type Located<Shape> = Shape extends (infer Item)[]
  ? Located<Item>[]
  : Shape extends object
    ? "coordinates" extends keyof Shape
      ? Geometry
      : { [Field in keyof Shape]: Located<Shape[Field]> }
    : Shape;

export type RoadClass = Schemas["RoadClass"];
export type Text = Schemas["Words"];
export type Code = Schemas["KindOut"];
export type Jurisdiction = Located<Schemas["JurisdictionOut"]>;
export type Me = Schemas["MeOut"];
export type Domain = Schemas["Domain"];
export type Altitude = Schemas["AltitudeBody"];
export type Schedule = Schemas["ScheduleBody"];
export type WeeklyWindow = Schemas["Window"];
export type Day = Schemas["Weekday"];
export type RequiredReview = Schemas["ReviewLineOut"];
export type ReviewDecision = Schemas["ReviewDecision"];
export type HistoryEntry = Schemas["EntryOut"];
export type Vehicle = Schemas["VehicleOut"];
export type Person = Schemas["PersonOut"];
export type Insurance = Schemas["InsuranceOut"];

export type Road = Located<Schemas["RoadOut"]>;
export type District = Located<Schemas["DistrictOut"]>;
export type Zone = Located<Schemas["ZoneOut"]>;
export type Restriction = Located<Schemas["RestrictionOut"]>;
export type Volume = Located<Schemas["VolumeOut"]>;
export type Rule = Located<Schemas["RuleOut"]>;
export type Missing = Schemas["MissingOut"];
export type Finding = Located<Schemas["FindingOut"]>;
export type Uncovered = Located<Schemas["UncoveredOut"]>;
export type Check = Located<Schemas["CheckOut"]>;
export type ApplicationListed = Located<Schemas["ApplicationListed"]>;
export type Application = Located<Schemas["ApplicationOut"]>;
export type Permit = Located<Schemas["PermitOut"]>;
export type ProblemDetail = Located<Schemas["Problem"]>;

export type ApplicationContent = Schemas["ApplicationIn"];
export type PlannedVolume = Schemas["VolumeIn"];
export type Question = Schemas["CheckIn"];
