"""Breaks, trips, waves, ride times and costs of moments: exact plans, and what breaks them."""

from __future__ import annotations

import pytest

from helpers import FREE, line, planned, starts, tiny
from o2oroute.errors import InputError
from o2oroute.model.solution import BreakVisit, ReloadVisit, Visit
from o2oroute.plan.check import check_plan

LUNCH, REST, HUB = BreakVisit("lunch"), BreakVisit("rest"), ReloadVisit("d0")
HOURLY = FREE | {"per_hour": 3600}
RULE = {"id": "rest", "after_driving": 150, "duration": 40}
ORDERS = [{"delivery": {"kg": 3}}, {"delivery": {"kg": 3}, "pickup": {"kg": 4}}]
TRIPS = {"trips": {}, "capacity": {"kg": 4}}


def _lunch(*windows, duration=30, **fields):
    return {"breaks": [{"id": "lunch", "windows": windows, "duration": duration} | fields]}


def _checked(problem, *visits):
    """Return the plan of one route, and the codes and margins of what it breaks."""
    instance, plan = planned(problem, {"v0": visits}, reasons=False)
    return plan, [(v.code, v.margin) for v in check_plan(instance, plan)]


def _kinds(plan):
    return [(stop.kind, stop.id) for stop in plan.routes[0].stops]


class TestBreaks:
    def test_a_break_interrupts_the_way(self):
        vehicle = _lunch((40, 60)) | {"shift": (0, 999)}
        plan, broken = _checked(tiny(line(0, 100), orders=[{}], vehicles=[vehicle]), LUNCH, "a")
        assert broken == []
        assert starts(plan) == [0, 40, 130, 230]
        route = plan.routes[0]
        pause = route.stops[1]
        assert (pause.kind, pause.id, pause.arrival_seconds, pause.service) == ("break", "lunch", 40, 30)
        assert (pause.location, pause.leg_distance, pause.windows_seconds) == (None, 0, ((40, 60),))
        assert route.stops[2].leg_distance == 100
        assert (route.driving, route.waiting, route.service, route.duration) == (200, 0, 30, 230)

    def test_a_break_that_nothing_waits_for_is_had_while_waiting(self):
        order = {"windows": [(500, 600)]}
        problem = tiny(line(0, 100), orders=[order], vehicles=[_lunch((400, 450)) | {"costs": HOURLY}])
        plan, broken = _checked(problem, LUNCH, "a")
        assert broken == []
        assert starts(plan) == [370, 400, 500, 600]

    def test_between_two_stops_that_are_served_as_early_as_can_be(self):
        orders = [{"windows": [(100, 100)], "service": 10}, {"windows": [(0, 250)]}]
        problem = tiny(line(0, 50, 90), orders=orders, vehicles=[_lunch((130, 140), (145, 200))])
        plan, broken = _checked(problem, "a", LUNCH, "b")
        assert broken == []
        # 20 of 40 are driven before the break, 20 after it
        assert starts(plan) == [50, 100, 130, 180, 270]
        assert [stop.arrival_seconds for stop in plan.routes[0].stops] == [50, 100, 130, 180, 270]

    def test_a_late_break_is_told(self):
        orders = [{"windows": [(100, 100)], "service": 70}]
        plan, broken = _checked(tiny(line(0, 50), orders=orders, vehicles=[_lunch((110, 160))]), "a", LUNCH)
        assert broken == [("BREAK_WINDOW", 10)]
        assert starts(plan) == [50, 100, 170, 250]

    @pytest.mark.parametrize(("last", "broken"), [(300, []), (299, [("BREAK", 1)])])
    def test_a_break_after_the_end_need_not_be_on_the_route(self, last, broken):
        problem = tiny(line(0, 100), orders=[{"windows": [(200, 200)]}], vehicles=[_lunch((250, last))])
        plan, found = _checked(problem, "a")
        assert found == broken
        assert starts(plan) == [100, 200, 300]

    @pytest.mark.parametrize(("first", "broken"), [(70, []), (71, [("BREAK", 1)])])
    def test_nor_a_break_before_the_start(self, first, broken):
        problem = tiny(line(0, 100), orders=[{"windows": [(200, 200)]}], vehicles=[_lunch((first, 80))])
        assert _checked(problem, "a")[1] == broken

    def test_the_route_begins_late_or_ends_early_for_a_break_off_duty(self):
        problem = tiny(line(0, 100), orders=[{}], vehicles=[_lunch((50, 150)) | {"shift": (0, 999)}])
        # at the earliest it would be over at 200
        plan, broken = _checked(problem, "a")
        assert (starts(plan), broken) == ([80, 180, 280], [])

    def test_a_break_that_must_be_on_the_route(self):
        vehicle = _lunch((0, 900), off_duty=False)
        problem = tiny(line(0, 100), orders=[{}], vehicles=[vehicle])
        assert _checked(problem, "a")[1] == [("BREAK", None)]
        assert _checked(problem, "a", LUNCH)[1] == []
        assert _checked(problem, LUNCH, "a", LUNCH)[1] == [("BREAK", None)]

    def test_breaks_that_are_not_paid_cost_nothing_and_make_no_overtime(self):
        for paid, cost, overtime in ((True, 230, 30 * 2), (False, 200, 0)):
            vehicle = _lunch((0, 900), paid=paid) | {
                "costs": HOURLY,
                "overtime": {"after": 200, "per_hour": 7200},
                "max_duty": 230,
            }
            problem = tiny(line(0, 100), orders=[{}], vehicles=[vehicle])
            plan, broken = _checked(problem, "a", LUNCH)
            assert broken == []
            assert (plan.routes[0].costs.duty, plan.routes[0].costs.overtime) == (cost, overtime)
            assert plan.routes[0].duration == 230

    def test_too_much_on_board(self):
        orders = [{"delivery": {"kg": 3}}]
        problem = tiny(line(0, 100), orders=orders, vehicles=[_lunch((0, 900), max_load={"kg": 1})])
        assert _checked(problem, LUNCH, "a")[1] == [("BREAK_LOAD", 2)]
        assert _checked(problem, "a", LUNCH)[1] == []


class TestDrivingBreaks:
    def test_after_so_much_driving(self):
        problem = tiny(line(0, 100), orders=[{}], vehicles=[{"driving_breaks": [RULE]}])
        plan, broken = _checked(problem, "a", REST)
        assert broken == []
        # as late as the rule lets it: 50 after the order
        assert [stop.arrival_seconds for stop in plan.routes[0].stops] == [0, 100, 150, 240]

    def test_as_often_as_it_takes(self):
        problem = tiny(line(0, 400), orders=[{}], vehicles=[{"driving_breaks": [RULE]}])
        for breaks, over in ((0, 650), (2, 350), (4, 50)):
            before, after = breaks // 2, breaks - breaks // 2
            _, broken = _checked(problem, *[REST] * before, "a", *[REST] * after)
            assert broken[0][0] == "DRIVING_TIME", (breaks, over)
        plan, broken = _checked(problem, REST, REST, "a", REST, REST, REST)
        assert broken == []
        assert plan.routes[0].driving == 800

    def test_any_break_that_is_long_enough_counts(self):
        vehicle = _lunch((90, 100), duration=40) | {"driving_breaks": [RULE], "shift": (0, 999)}
        problem = tiny(line(0, 80), orders=[{}], vehicles=[vehicle])
        assert _checked(problem, "a", LUNCH)[1] == []
        short = problem.vehicles[0].model_dump() | _lunch((90, 100), duration=39)
        assert _checked(problem.replace(vehicles=[short]), "a", LUNCH)[1] == [("DRIVING_TIME", 10)]

    def test_a_window_and_the_driving_limit_together_decide_when_to_start(self):
        # lunch opens at 500; 150 may be driven before it, 60 of them after the order
        vehicle = _lunch((500, 510), duration=40) | {"driving_breaks": [RULE], "costs": HOURLY}
        problem = tiny(line(0, 90, 190), orders=[{}, {}], vehicles=[vehicle | {"end": None}])
        plan, broken = _checked(problem, "a", LUNCH, "b")
        assert broken == []
        assert plan.routes[0].duration == 190 + 40
        assert 40 <= plan.routes[0].stops[2].arrival_seconds - plan.routes[0].stops[1].departure_seconds <= 60


class TestTrips:
    def test_it_loads_again_and_unloads_what_it_fetched(self):
        depots = [{"loading": 25, "windows": [(0, 1000)]}]
        problem = tiny(line(0, 50, 80), orders=ORDERS, vehicles=[TRIPS], depots=depots)
        plan, broken = _checked(problem, "b", HUB, "a")
        assert broken == []
        assert _kinds(plan) == [
            ("start", "d0"),
            ("order", "b"),
            ("reload", "d0"),
            ("order", "a"),
            ("end", "d0"),
        ]
        assert starts(plan) == [0, 80, 160, 235, 285]
        reload = plan.routes[0].stops[2]
        assert (reload.service, reload.departure_seconds, reload.leg_distance) == (25, 185, 80)
        assert [stop.load["kg"] for stop in plan.routes[0].stops] == [3, 4, 3, 0, 0]
        assert plan.routes[0].distance == 260

    def test_what_a_trip_may_not(self):
        problem = tiny(line(0, 50, 80), orders=ORDERS, vehicles=[TRIPS])
        assert _checked(problem, "b", "a")[1] == [("CAPACITY", 3)]
        once = problem.replace(
            vehicles=[TRIPS | {"id": "v0", "start": "d0"}, {"trips": {}, "id": 1, "start": "d0"}]
        )
        assert _checked(once, "b", HUB, "a")[1] == []
        once = once.replace(vehicles=[{"id": "v0", "start": "d0"}, {"trips": {}, "id": 1, "start": "d0"}])
        assert _checked(once, "b", HUB, "a")[1] == [("MAX_TRIPS", 1), ("RELOAD_DEPOT", None)]

    def test_loading_waits_for_the_depot_and_for_what_is_to_be_loaded(self):
        orders = [{}, {"delivery": {"kg": 1}, "release": 300}]
        depots = [{"loading": 20, "windows": [(0, 90), (120, 900)]}]
        problem = tiny(line(0, 50, 80), orders=orders, vehicles=[TRIPS], depots=depots)
        plan, broken = _checked(problem, "a", HUB, "b")
        assert broken == []
        assert plan.routes[0].stops[2].departure_seconds == 300
        early = problem.replace(
            orders=[orders[0] | {"id": "a", "location": {"index": 1}}, *problem.orders[1:]]
        )
        assert _checked(early, "b", HUB, "a")[1] == []

    def test_incompatible_loads_may_ride_on_two_trips(self):
        orders = [{"kind_of_load": "food"}, {"kind_of_load": "paint"}]
        problem = tiny(
            line(0, 50, 80), orders=orders, vehicles=[TRIPS], incompatible_loads=[("food", "paint")]
        )
        assert _checked(problem, "a", "b")[1] == [("INCOMPATIBLE_LOADS", None)]
        assert _checked(problem, "a", HUB, "b")[1] == []

    def test_trips_leave_with_the_waves(self):
        depots = [{"departures": [100, 400], "loading": 30}]
        problem = tiny(line(0, 50, 80), orders=[{}, {}], vehicles=[TRIPS], depots=depots)
        plan, broken = _checked(problem, "a", HUB, "b")
        assert broken == []
        assert [stop.departure_seconds for stop in plan.routes[0].stops] == [100, 150, 400, 480, 560]
        assert starts(plan)[2] == 370
        plan, broken = _checked(problem, "a", HUB, "b", HUB)
        assert broken == [("WAVE", 190)]

    def test_a_depot_where_nobody_loads_again_is_none_of_theirs(self):
        problem = tiny(line(0, 1, 50), orders=[{}], depots=[{}, {}], vehicles=[TRIPS])
        with pytest.raises(InputError, match="'v0' loads again at 'd1'; no vehicle may do so there"):
            planned(problem, {"v0": ["a", ReloadVisit("d1")]})
        with pytest.raises(InputError, match="'v0' takes break 'tea', which it does not have"):
            planned(problem, {"v0": ["a", BreakVisit("tea")]})


class TestMoments:
    def test_a_preferred_time_is_worth_its_price(self):
        order = {"preferred": (100, 200), "per_minute_early": 1, "per_minute_late": 2}
        for window, early, cost in (((0, 70), 70, 0.5), ((230, 300), 230, 1), ((0, 500), 100, 0)):
            problem = tiny(line(0, 50), orders=[order | {"windows": [window]}], vehicles=[{"costs": FREE}])
            plan, broken = _checked(problem, "a")
            assert broken == []
            assert starts(plan)[1] == early
            assert plan.routes[0].costs.moments == plan.summary.cost == cost

    def test_waiting_is_weighed_against_lateness(self):
        # to be there at 100 for a and not before 400 at b costs 300 s of duty
        orders = [{"preferred": (0, 100), "per_minute_late": 6}, {"windows": [(400, 500)]}]
        for per_hour, first in ((360 - 1, 100), (360 + 1, 390)):
            vehicle = {"costs": FREE | {"per_hour": per_hour}}
            plan, broken = _checked(tiny(line(0, 50, 60), orders=orders, vehicles=[vehicle]), "a", "b")
            assert broken == []
            assert starts(plan)[1:3] == [first, 400]

    def test_urgent_orders_of_a_day_without_a_beginning_are_served_at_midnight(self):
        plan, broken = _checked(tiny(line(0, 100), orders=[{"urgency": 36}]), "a")
        assert broken == []
        assert starts(plan) == [-100, 0, 100]

    def test_urgent_orders_make_the_route_start_early(self):
        depots = [{"windows": [(100, 900)]}]
        orders = [{"urgency": 36, "windows": [(0, 900)]}, {"windows": [(500, 600)]}]
        for per_hour, first in ((35, 150), (37, 490)):
            vehicle = {"costs": FREE | {"per_hour": per_hour}}
            problem = tiny(line(0, 50, 60), orders=orders, vehicles=[vehicle], depots=depots)
            plan, broken = _checked(problem, "a", "b")
            assert broken == []
            assert starts(plan)[1] == first
            assert plan.routes[0].costs.moments == pytest.approx((first - 100) / 100)

    def test_overtime_begins_where_it_is_said(self):
        vehicle = {"costs": FREE, "overtime": {"after": 60, "per_hour": 3600}}
        plan, broken = _checked(tiny(line(0, 50), orders=[{}], vehicles=[vehicle]), "a")
        assert broken == []
        assert plan.routes[0].costs.overtime == plan.routes[0].cost == 40

    def test_the_earliest_end_may_cost_more(self):
        depots = [{"windows": [(100, 900)]}]
        orders = [{"windows": [(0, 200), (700, 700)]}, {"windows": [(350, 360), (800, 900)]}]
        for objective, times in (("cost", [600, 700, 800, 850]), ("earliest_finish", [100, 200, 350, 400])):
            problem = tiny(
                line(0, 100, 50),
                orders=orders,
                vehicles=[{"costs": HOURLY}],
                depots=depots,
                objective=objective,
            )
            plan, broken = _checked(problem, "a", "b")
            assert broken == []
            assert starts(plan) == times


class TestRideTime:
    VISITS = (Visit("ride", "pickup"), "a", Visit("ride", "delivery"))

    def _rides(self, longest):
        shipment = {
            "id": "ride",
            "pickup": {"location": {"index": 2}},
            "delivery": {"location": {"index": 3}, "windows": [(500, 600)]},
            "max_ride": longest,
        }
        return tiny(
            line(0, 60, 40, 70),
            depots=[{"windows": [(0, 100), (500, 900)]}],
            orders=[{"windows": [(300, 320)], "service": 10}],
            shipments=[shipment],
        )

    def test_the_pickup_waits_for_the_delivery(self):
        plan, broken = _checked(self._rides(250), *self.VISITS)
        assert broken == []
        assert starts(plan) == [100, 250, 300, 500, 570]

    def test_too_long_a_ride(self):
        assert _checked(self._rides(200), *self.VISITS)[1] == []
        plan, broken = _checked(self._rides(199), *self.VISITS)
        # no schedule would do, so it drives on without delay
        assert starts(plan) == [100, 140, 300, 500, 570]
        assert broken == [("RIDE_TIME", 161)]
