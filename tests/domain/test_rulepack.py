"""What the pack of Chengdu answers, asked as the use cases ask it."""

from datetime import date, time, timedelta

import pytest

from geo.separation import Separation
from service.adapters.files.rulepacks import read_rule_book
from service.domain.documents import DocumentKind
from service.domain.errors import NotFound
from service.domain.kinds import (
    AIR_PHASES,
    Change,
    Phase,
    RestrictionEffect,
    RiskTier,
    Role,
    Severity,
    SupervisionMode,
    UasClass,
)
from service.domain.rulebook_gate import CleanRecordGate, ContainmentGate, ExposureGate
from service.domain.rulepack import (
    Aircraft,
    Binding,
    Case,
    Clock,
    DeadlineKey,
    Feature,
    LimitKey,
    ProtectedSite,
    RuleBook,
    RulePack,
    SharingCase,
    SwitchKey,
)

SEED = """
    uas.apply_by uas.decide_by uas.longterm_plan_file uas.takeoff_confirm uas.emergency_apply
    uas.emergency_decide uas.temp_airspace_event uas.temp_airspace_emerg uas.safety_report
    uas.caac_emergency uas.caac_non_emergency icv.report icv.dept_to_ministries
    icv.liability_report ws.unit_head_to_county ws.each_level ws.toll_update_road
    icv.stage_report icv.final_report gate.demo.hours_or_km gate.demo.clean
    gate.demo.containment limit.period_months limit.insurance_cny data.window_s
    data.retention_days uas.controlled_above_m uas.integrated_ceiling_m aerodrome.clearance_m
    airway.width_m sep.uas_uas sep.uas_expressway
""".split()


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return read_rule_book("cn-chengdu")


@pytest.fixture(scope="module")
def pack(book: RuleBook) -> RulePack:
    return book.at(date(2026, 12, 1))


def uav(
    empty_kg: float,
    mtow_kg: float | None,
    speed_mps: float,
    height_m: float | None,
    agricultural: bool = False,
) -> Aircraft:
    return Aircraft(
        empty_mass_kg=empty_kg,
        mtow_kg=mtow_kg,
        max_speed_mps=speed_mps,
        max_height_m=height_m,
        agricultural=agricultural,
    )


@pytest.mark.parametrize("rule_id", SEED)
def test_every_rule_of_the_seed_is_in_the_pack(pack: RulePack, rule_id: str) -> None:
    assert pack.rule(rule_id).source.title.zh


def test_a_rule_that_is_not_there_is_not_found(pack: RulePack) -> None:
    with pytest.raises(NotFound):
        pack.rule("uas.no_such_rule")


def test_a_default_without_a_source_is_marked_unverified(pack: RulePack) -> None:
    rule = pack.sharing(SharingCase.permit_exclusive).rule
    assert rule.binding is Binding.project_default
    assert rule.mark is not None
    assert rule.mark.zh == "项目默认值，未核实"


def test_a_rule_whose_text_was_read_bears_no_mark(pack: RulePack) -> None:
    rule = pack.limit(LimitKey.controlled_above_m).rule
    assert (rule.source.id, rule.article, rule.mark) == ("CN-UAS-761", "19", None)


def test_nothing_that_rests_on_a_draft_claims_to_be_verified(pack: RulePack) -> None:
    drafts = [rule for rule in pack.rules if rule.binding is Binding.draft]
    assert drafts
    assert not any(rule.verified for rule in drafts)


def test_the_city_replaces_a_national_rule_and_says_so(pack: RulePack) -> None:
    rule = pack.rule("gate.order.demonstration_operation")
    assert (rule.jurisdiction, rule.overrides) == ("cn-chengdu", ("cn",))


def test_limits_are_read_with_their_unit(pack: RulePack) -> None:
    assert pack.number(LimitKey.insurance_cny) == 5_000_000
    assert pack.duration(LimitKey.idempotency) == timedelta(hours=24)


def test_a_limit_that_is_no_length_of_time_gives_no_duration(pack: RulePack) -> None:
    with pytest.raises(ValueError, match="no fixed length"):
        pack.duration(LimitKey.permit_period_months)


def test_deemed_approval_is_off(pack: RulePack) -> None:
    assert not pack.switch(SwitchKey.deemed_approval).on


def test_permits_need_no_distance_from_each_other(pack: RulePack) -> None:
    rule = pack.sharing(SharingCase.permit_exclusive)
    assert rule.severity is Severity.blocking
    assert rule.separation == Separation(0, 0, timedelta(0))


def test_air_over_an_expressway_is_for_police_and_atc_at_a_distance_of_its_own_source(
    pack: RulePack,
) -> None:
    rule = pack.sharing(SharingCase.air_over_expressway)
    assert (rule.severity, rule.offices) == (Severity.coordination, (Role.police, Role.atc))
    assert rule.separation.horizontal_m == 50
    assert (rule.rule.article, rule.minima.rule.source.id) == ("19(5)", "SZ-UAV-2019")


@pytest.mark.parametrize(
    ("effect", "severity"),
    [
        (RestrictionEffect.prohibited, Severity.blocking),
        (RestrictionEffect.requires_authorization, Severity.coordination),
        (RestrictionEffect.conditional, Severity.coordination),
        (RestrictionEffect.information, Severity.advisory),
    ],
)
def test_a_restriction_is_as_grave_as_its_effect(
    pack: RulePack, effect: RestrictionEffect, severity: Severity
) -> None:
    assert pack.sharing(SharingCase.of_restriction(effect)).severity is severity


def test_a_ground_test_is_led_by_industry_and_signed_by_police_and_transport(
    pack: RulePack,
) -> None:
    lines = pack.reviews(Case(phase=Phase.road_test, tier=RiskTier.low))
    assert [(line.role, line.stage, line.lead) for line in lines] == [
        (Role.managing_unit, "completeness", False),
        (Role.industry, "joint", True),
        (Role.police, "joint", False),
        (Role.transport, "joint", False),
    ]


def test_a_flight_is_led_by_atc(pack: RulePack) -> None:
    case = Case(phase=Phase.corridor_trial, tier=RiskTier.low)
    assert pack.lead(case).role is Role.atc
    assert {line.role for line in pack.reviews(case)} == {
        Role.managing_unit,
        Role.atc,
        Role.civil_aviation,
        Role.police,
    }


def test_high_risk_adds_the_experts_before_the_joint_review(pack: RulePack) -> None:
    lines = pack.reviews(Case(phase=Phase.road_test, tier=RiskTier.high))
    assert [line.stage for line in lines][:2] == ["completeness", "expert"]


def test_an_application_across_districts_is_signed_by_the_districts(pack: RulePack) -> None:
    case = Case(phase=Phase.road_test, features=frozenset({Feature.cross_district}))
    assert Role.district in {line.role for line in pack.reviews(case)}


def test_a_road_test_with_a_driver_is_of_low_risk_with_its_reason(pack: RulePack) -> None:
    risk = pack.risk(Case(phase=Phase.road_test, supervision_mode=SupervisionMode.driver_seat))
    assert risk.tier is RiskTier.low
    assert [factor.rule.id for factor in risk.factors] == ["risk.first_phase"]


def test_driverless_operation_with_passengers_is_of_high_risk(pack: RulePack) -> None:
    risk = pack.risk(
        Case(
            phase=Phase.demonstration_operation,
            supervision_mode=SupervisionMode.remote,
            features=frozenset({Feature.passengers}),
        )
    )
    assert risk.tier is RiskTier.high
    assert risk.points == sum(factor.points for factor in risk.factors)


def test_a_demonstration_asks_for_hours_or_kilometres_on_a_clean_record(pack: RulePack) -> None:
    gates = pack.gates(Phase.demonstration_application)
    exposure = next(gate for gate in gates if isinstance(gate, ExposureGate))
    clean = next(gate for gate in gates if isinstance(gate, CleanRecordGate))
    assert (exposure.hours, exposure.km) == (240, 1000)
    assert (clean.violations, clean.liable_accidents) == (0, 0)


@pytest.mark.parametrize(
    ("hours", "km", "met"), [(240, 0, True), (0, 1000, True), (239.9, 999.9, False)]
)
def test_either_hours_or_kilometres_open_the_gate(
    pack: RulePack, hours: float, km: float, met: bool
) -> None:
    gates = pack.gates(Phase.demonstration_application)
    exposure = next(gate for gate in gates if isinstance(gate, ExposureGate))
    assert exposure.met_by(hours, km) is met


def test_containment_counts_passes_by_direction(pack: RulePack) -> None:
    gates = pack.gates(Phase.demonstration_application)
    containment = next(gate for gate in gates if isinstance(gate, ContainmentGate))
    assert containment.passes >= 1
    assert containment.by_direction


def test_a_first_phase_has_no_gate(pack: RulePack) -> None:
    assert pack.gates(Phase.closed_site_test) == ()
    assert pack.gates(AIR_PHASES[0]) == ()


def documents(pack: RulePack, case: Case) -> set[DocumentKind]:
    return {row.document for row in pack.documents(case)}


def test_a_first_road_test_brings_the_closed_site_report(pack: RulePack) -> None:
    asked = documents(pack, Case(phase=Phase.road_test))
    assert DocumentKind.closed_site_test_report in asked
    assert DocumentKind.identical_configuration_proof not in asked


def test_added_vehicles_bring_a_shorter_list_with_the_proof_of_likeness(pack: RulePack) -> None:
    first = documents(pack, Case(phase=Phase.road_test))
    added = documents(pack, Case(phase=Phase.road_test, changes=frozenset({Change.vehicles})))
    assert DocumentKind.identical_configuration_proof in added
    assert len(added) < len(first)


def test_a_follow_up_that_changes_nothing_brings_nothing(pack: RulePack) -> None:
    assert pack.documents(Case(phase=Phase.road_test, changes=frozenset())) == ()


def test_airworthiness_is_asked_of_an_aircraft_that_may_be_medium(pack: RulePack) -> None:
    unknown = pack.uas_classes(Aircraft())
    asked = documents(pack, Case(phase=Phase.flight_trial, uas_classes=unknown))
    assert DocumentKind.airworthiness in asked


def test_high_risk_brings_a_prior_assessment_and_lower_risk_a_disclosure(pack: RulePack) -> None:
    high = documents(pack, Case(phase=Phase.road_test, tier=RiskTier.high))
    low = documents(pack, Case(phase=Phase.road_test, tier=RiskTier.low))
    assert DocumentKind.risk_assessment in high - low
    assert DocumentKind.risk_disclosure in low - high


@pytest.mark.parametrize(
    ("aircraft", "classes"),
    [
        (uav(0.2, 0.24, 10, 50), {UasClass.micro}),
        (uav(0.249, 0.249, 16, 500), {UasClass.light}),
        (uav(0.25, 0.3, 10, 50), {UasClass.light}),
        (uav(4, 7, 27.5, 500), {UasClass.light}),
        (uav(4, 7.1, 20, 500), {UasClass.small}),
        (uav(15, 25, 40, 500), {UasClass.small}),
        (uav(30, 150, 40, 500), {UasClass.medium}),
        (uav(90, 150.1, 60, 3000), {UasClass.large}),
        (uav(30, 60, 10, 20, agricultural=True), {UasClass.agricultural}),
        (uav(30, 60, 20, 20, agricultural=True), {UasClass.medium}),
        (uav(0.2, 0.24, 10, None), {UasClass.micro, UasClass.light}),
        (
            uav(3, None, 10, 100),
            {UasClass.light, UasClass.small, UasClass.medium, UasClass.large},
        ),
    ],
)
def test_an_aircraft_is_in_the_first_class_whose_bounds_it_keeps(
    pack: RulePack, aircraft: Aircraft, classes: set[UasClass]
) -> None:
    assert pack.uas_classes(aircraft) == classes


def test_a_flight_is_applied_for_before_noon_of_the_day_before(pack: RulePack) -> None:
    term = pack.deadline(DeadlineKey.flight_apply)
    assert (term.clock, term.amount, term.at) == (Clock.wall, -1, time(12))
    assert term.strict_before


def test_a_buffer_of_a_class_without_a_number_is_the_largest_given(pack: RulePack) -> None:
    buffer = pack.buffer(ProtectedSite.military_zone)
    assert buffer.distance_m(UasClass.micro) == 500
    assert buffer.distance_m(UasClass.large) == 2000
    assert buffer.distance_m(None) == 2000


def test_the_clearance_area_is_that_of_the_province(pack: RulePack) -> None:
    clearance = pack.aerodrome_clearance
    assert (clearance.lateral_m, clearance.beyond_end_m) == (10_000, 20_000)
    assert clearance.rule.jurisdiction == "cn-sichuan"


def test_the_plane_errs_by_less_than_65_ppm_over_the_whole_extent(pack: RulePack) -> None:
    place = pack.jurisdiction
    assert place.plane.distortion(place.extent) < 65e-6


def test_the_extent_holds_the_municipality_with_room_for_what_crosses_its_border(
    pack: RulePack,
) -> None:
    extent = pack.jurisdiction.extent
    assert extent.contains(102.99 - 0.1, 30.09 - 0.1)
    assert extent.contains(104.90 + 0.1, 31.44 + 0.1)


def test_days_before_the_registry_opened_have_its_first_pack(book: RuleBook) -> None:
    assert book.at(date(1999, 1, 1)) is book.packs[0]
