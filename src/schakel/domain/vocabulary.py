"""The words of the field, each with its label.

Every code that can stand in an event, a row, a region file or an address bar is a member of one
of these enumerations. `value` is the code that is stored; `label` is the English msgid that the
screens translate. A term's definition and source stand in GLOSSARY.md.
"""

from __future__ import annotations

from enum import Enum
from typing import Self

from schakel.domain.reasons import gettext_noop as _


class Term(Enum):
    """A code with a label, for enumerations whose members are ``(code, label)``."""

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        term = object.__new__(cls)
        term._value_ = code
        term.label = label
        return term

    def __str__(self) -> str:
        return str(self.value)


class Urgency(Term):
    """How soon care is needed: the six levels that Dutch triage shares, U0 the most urgent.

    Source of the meanings: Nivel Zorgregistraties, triage (nivel.nl); triagewijzer.nhg.org.
    """

    U0 = "U0", _("U0 - loss of vital functions")
    U1 = "U1", _("U1 - immediate danger to life")
    U2 = "U2", _("U2 - threat to vital functions or organs")
    U3 = "U3", _("U3 - real chance of harm")
    U4 = "U4", _("U4 - negligible chance of harm")
    U5 = "U5", _("U5 - no chance of harm")

    @property
    def rank(self) -> int:
        """The place in the order, 0 for the most urgent."""
        return tuple(Urgency).index(self)

    def is_above(self, other: Urgency) -> bool:
        """Whether this is more urgent than the other."""
        return self.rank < other.rank


class AmbulanceUrgency(Term):
    """The classes of an ambulance job since 2024. Source: ambulanceijsselland.nl, skipr.nl (VUI)."""

    A0 = "A0", _("A0 - most time-critical")
    A1 = "A1", _("A1 - possible danger to life")
    A2 = "A2", _("A2 - urgent, no danger to life")
    B1 = "B1", _("B1 - planned, high complexity")
    B2 = "B2", _("B2 - planned, middle or low complexity")


class Channel(Term):
    """The way a care request came in."""

    PHONE = "phone", _("Regional number")
    HAP = "hap", _("Transfer from the GP post")
    MKA = "mka", _("Hand-off from the 112 control room")
    PROFESSIONAL = "professional", _("Professional line")


class Complaint(Term):
    """The entry complaint: what the caller says is the matter, in our own words."""

    LIMB_TRAUMA = "limb_trauma", _("Injury of arm or leg")
    GENERAL_TRAUMA = "general_trauma", _("Accident")
    WOUND = "wound", _("Wound")
    ABDOMINAL_PAIN = "abdominal_pain", _("Abdominal pain")
    ABDOMINAL_PAIN_CHILD = "abdominal_pain_child", _("Abdominal pain, child")
    DYSPNOEA = "dyspnoea", _("Short of breath")
    SKIN = "skin", _("Skin complaint")
    URINARY = "urinary", _("Problem with urinating")
    CHEST_PAIN = "chest_pain", _("Chest pain")
    EYE = "eye", _("Eye complaint")
    COUGH = "cough", _("Cough")
    FEVER_CHILD = "fever_child", _("Fever, child")
    FEVER_ADULT = "fever_adult", _("Fever, adult")
    COLLAPSE = "collapse", _("Fainted")
    NEUROLOGICAL = "neurological", _("Loss of strength, speech or feeling")
    HEADACHE = "headache", _("Headache")
    DIZZINESS = "dizziness", _("Dizzy")
    BACK_PAIN = "back_pain", _("Back pain")
    ALLERGY = "allergy", _("Allergic reaction")
    PREGNANCY = "pregnancy", _("Pregnancy or birth")
    POISONING = "poisoning", _("Poisoning")
    BURN = "burn", _("Burn")
    SEIZURE = "seizure", _("Seizure")
    PSYCHIATRIC = "psychiatric", _("Psychiatric crisis or suicidal")
    DIABETES = "diabetes", _("Diabetes, derailed")
    NOSEBLEED = "nosebleed", _("Nosebleed")
    VOMITING = "vomiting", _("Vomiting or diarrhoea")
    MALAISE = "malaise", _("Generally unwell")
    FALL_ELDERLY = "fall_elderly", _("Fall, elderly person")
    CARE_AT_HOME = "care_at_home", _("Care at home no longer holds")


class UrgencyReason(Term):
    """Why an urgency was given or changed: the triagist's own judgement, until a protocol gives the rule."""

    ABCDE = "abcde", _("Vital functions (ABCDE)")
    COMPLAINT = "complaint", _("Fits the entry complaint")
    PAIN = "pain", _("Severe pain")
    WORSENING = "worsening", _("Getting worse fast")
    RISK_GROUP = "risk_group", _("Risk group")
    SECOND_CONTACT = "second_contact", _("Second contact about this")
    UNEASE = "unease", _("Unease: something is wrong")
    CONTEXT = "context", _("Context: alone, language, place")
    ON_SCENE = "on_scene", _("Finding on scene")
    CONSULT = "consult", _("After consultation by the regiearts")
    IMPROVED = "improved", _("Clearly improved")


class Care(Term):
    """The kinds of care that a centre can choose between. *Which care* is asked before *who*."""

    ALS = "als", _("ALS ambulance")
    MCA = "mca", _("Medium care ambulance")
    CARE_AMBULANCE = "care_ambulance", _("Care ambulance")
    RAPID = "rapid", _("Rapid responder")
    RAPID_HAG = "rapid_hag", _("Rapid HAG")
    NURSE_PRACTITIONER = "nurse_practitioner", _("Nurse practitioner or physician assistant")
    GP_VISIT = "gp_visit", _("Visit by the GP")
    DISTRICT_NURSE = "district_nurse", _("District nurse")
    CRISIS_TEAM = "crisis_team", _("Mental health crisis team")
    HAP_APPOINTMENT = "hap_appointment", _("Appointment at the GP post")
    ADVICE = "advice", _("Advice by telephone")


class UnitKind(Term):
    """What a unit is: a vehicle or a team that goes out. What it may *do* follows from its crew."""

    ALS = "als", _("ALS ambulance")
    MCA = "mca", _("Medium care ambulance")
    CARE_AMBULANCE = "care_ambulance", _("Care ambulance")
    RAPID = "rapid", _("Rapid responder")
    RAPID_HAG = "rapid_hag", _("Rapid HAG car")
    GP_CAR = "gp_car", _("Visiting GP")
    PRACTITIONER_CAR = "practitioner_car", _("Practitioner's car")
    NURSE = "nurse", _("District nurse")
    CRISIS_TEAM = "crisis_team", _("Crisis team")


class Competence(Term):
    """What a person is certified to do, with an end date. It belongs to the person, not to the job title."""

    AMBULANCE_NURSE = "ambulance_nurse", _("ambulance nurse")
    AMBULANCE_DRIVER = "ambulance_driver", _("ambulance driver")
    MCA_NURSE = "mca_nurse", _("medium care nurse")
    CARE_ATTENDANT = "care_attendant", _("care ambulance attendant")
    GP = "gp", _("GP")
    GP_ACUTE = "gp_acute", _("Rapid HAG training")
    NURSE_PRACTITIONER = "nurse_practitioner", _("nurse practitioner or physician assistant")
    DISTRICT_NURSE = "district_nurse", _("district nurse")
    PSYCHIATRIC_NURSE = "psychiatric_nurse", _("acute psychiatric nurse")
    PSYCHIATRIST = "psychiatrist", _("psychiatrist")
    TRIAGIST = "triagist", _("triagist")
    CENTRALIST = "centralist", _("nurse at the ambulance control desk")
    REGIEARTS = "regiearts", _("regiearts")


class OrganisationKind(Term):
    """What a partner in the region is."""

    CENTRE = "centre", _("Care coordination centre")
    RAV = "rav", _("Ambulance service")
    HAP = "hap", _("GP post")
    GGZ = "ggz", _("Mental health care")
    VVT = "vvt", _("District nursing and nursing homes")
    HOSPITAL = "hospital", _("Hospital")
    SOCIAL = "social", _("Social domain")


class PlaceKind(Term):
    """A department or facility that can take a patient in."""

    SEH = "seh", _("Emergency department")
    HAP = "hap", _("GP post")
    GGZ_CRISIS = "ggz_crisis", _("Crisis beds, mental health")
    ELV = "elv", _("Short-stay beds")
    GRZ = "grz", _("Geriatric rehabilitation")


class FollowUpKind(Term):
    """What has to be taken over by somebody after the acute care."""

    HOME_NURSING = "home_nursing", _("Nursing at home")
    SHORT_STAY = "short_stay", _("Short-stay bed")
    REHABILITATION = "rehabilitation", _("Geriatric rehabilitation")
    MENTAL_HEALTH = "mental_health", _("Mental health care")
    ADMISSION = "admission", _("Admission to hospital")
    GP = "gp", _("Own GP or GP post")
    SOCIAL = "social", _("Social support")


class ChoiceReason(Term):
    """Why the dispatcher chose otherwise than was put first. Counted, so that the ranking can learn."""

    CALLED = "called", _("Called: can be there sooner, or is freer than is known")
    PATIENT = "patient", _("Fits this patient better")
    SPARE_COVER = "spare_cover", _("Spares the cover of the area")
    KNOWS_PATIENT = "knows_patient", _("Knows the patient")
    SAFETY = "safety", _("Safety on scene")
    ON_ADVICE = "on_advice", _("On the advice of the regiearts")
    NOBODY_ELSE = "nobody_else", _("Nobody else can")


class DeclineReason(Term):
    """Why a provider or partner says no. Counted, so that the region can learn."""

    NO_CAPACITY = "no_capacity", _("No room or no time")
    OUTSIDE_AREA = "outside_area", _("Outside our area")
    NO_COMPETENCE = "no_competence", _("Not our competence")
    NOT_INDICATED = "not_indicated", _("Other care fits better")
    MORE_INFORMATION = "more_information", _("Too little is known; call first")
    BREAK = "break", _("Break or end of shift")
    DEFECT = "defect", _("Vehicle or equipment out of order")


class OverflowReason(Term):
    """Why a request flows over to another desk."""

    CLOSED = "closed", _("The desk is closed")
    WAIT = "wait", _("Nobody answered in time")
    BY_HAND = "by_hand", _("The desk asked for it")


class CancelReason(Term):
    """Why a job stops before it is finished."""

    NO_LONGER_NEEDED = "no_longer_needed", _("No longer needed")
    OTHER_PROVIDER = "other_provider", _("Another provider goes")
    NO_PATIENT = "no_patient", _("No patient found")
    UNABLE = "unable", _("Cannot go on")


class AbsenceReason(Term):
    """Why a unit that is on duty cannot be sent."""

    REST = "rest", _("rest break")
    DEFECT = "defect", _("out of order")
    RESTOCK = "restock", _("cleaning and restocking")


class CloseReason(Term):
    """How a care request ended."""

    ADVICE_GIVEN = "advice_given", _("Advice given")
    CARE_GIVEN = "care_given", _("Care given")
    HANDED_OVER = "handed_over", _("Handed over")
    NOT_REACHED = "not_reached", _("Caller could not be reached")
    WITHDRAWN = "withdrawn", _("Withdrawn by the caller")
    TO_112 = "to_112", _("Transferred to 112")


class ReopenReason(Term):
    """Why a closed request is opened again."""

    WORSE = "worse", _("It is getting worse")
    CLOSED_BY_MISTAKE = "closed_by_mistake", _("Closed by mistake")
    NEW_INFORMATION = "new_information", _("New information")


class EscalationLevel(Term):
    """Who must act when a follow-up has no taker: one step further at each missed deadline."""

    PARTNER = "partner", _("the partner")
    PARTNER_COORDINATOR = "partner_coordinator", _("the partner's coordinator")
    CENTRE_LEAD = "centre_lead", _("the lead of the centre")


class Source(Term):
    """Where a figure comes from."""

    PERSON = "person", _("reported by a person")
    FEED = "feed", _("reported by a system")


class Role(Term):
    """What a person does here, for one organisation, between two dates."""

    TRIAGIST = "triagist", _("Triagist")
    REGIEARTS = "regiearts", _("Regiearts")
    DISPATCHER = "dispatcher", _("Dispatcher")
    COORDINATOR = "coordinator", _("Coordinator of follow-up")
    CENTRE_LEAD = "centre_lead", _("Lead of the centre")
    CREW = "crew", _("Crew")
    PARTNER = "partner", _("Partner's desk")
    PARTNER_COORDINATOR = "partner_coordinator", _("Partner's coordinator")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMINISTRATOR = "administrator", _("Administrator of the region")
