from patients.models.access_link import AccessLink
from patients.models.challenge import PhoneChallenge
from patients.models.contact import ConsentRecord, ContactPoint
from patients.models.note import Note
from patients.models.patient import Patient, PatientMerge, Proxy

__all__ = ["AccessLink", "ConsentRecord", "ContactPoint", "Note", "Patient", "PatientMerge", "PhoneChallenge", "Proxy"]
