"""Which runs are worth making before the money is committed?"""
