/*
 * RECEIPTS (ARCHITECTURE section 7; libs/freshness/src/receipts.ts): has everybody heard of the revocation?
 *
 * Promise: once a receipt is complete, no incarnation begins an allow on a state without the revocation. Asserted in
 * `isTrue`. And it is complete at the latest L after the writer has read its own head, or has last lost records before
 * it could read them. Asserted in `Clock`.
 *
 * Two processes share one validator name; each may be killed and started anew (a new incarnation) at any time. What a
 * validator knows of heads is abstracted to "a head lies before my renewal", which freshness.pml shows to be sound.
 * Each action is one atomic step that may happen at any time or never. A mutant is this file with one M_... macro.
 */
#ifndef L
#define L 1 /* length of a lease in ticks */
#endif
#ifndef COORD
#define COORD 3 /* coordination records */
#endif
#ifndef INCARNATIONS
#define INCARNATIONS 3 /* of all processes together */
#endif
#define PROCESSES 2
#ifdef M_LEASE_BEYOND_RENEWAL
#define LEASE (L + 1) /* a code with a laxer bound than the one that the renewals name */
#else
#define LEASE L
#endif
#define NONE (LEASE + 1) /* an age beyond any lease */

bit revoked;  /* the revocation is on the lifecycle log */
bit complete; /* a receipt said: nobody begins to allow on an older state any more */

typedef Record {
  byte by;  /* 0 = a head of the writer at or after the revocation, else an incarnation */
  bit shows /* that the revocation is applied */
};
Record coord[COORD];
byte coordEnd;

/* The writer's ledger (receipt-ledger.ts): it reads at its own pace, and may find that records are gone. */
typedef Seen {
  bit before; /* renewed before our head */
  bit done;
  byte age = NONE /* since we read its last renewal before our head */
};
Seen seen[INCARNATIONS];
byte wnext;
byte headAge = NONE; bit headRead; /* since our own head was read back */
byte blind = NONE;                 /* since records were skipped */

mtype = { idle, sent, stored, proven };
typedef Process { /* fields as in freshness.pml */
  byte name; /* its incarnation, 0 = not started */
  bit applied;
  mtype renewal = idle; byte at; byte age = NONE; bit awaited;
  byte lease = NONE
};
Process v[PROCESSES];
byte born; /* incarnations so far; numbered from 1 */
byte i, x, ok; /* scratch of one step */

inline isTrue() {
  i = 0;
  do :: i < PROCESSES -> assert(!(complete && v[i].lease <= LEASE && !v[i].applied)); i++ :: else -> break od;
  i = 0
}

/* ---------- the writer ---------- */
#ifdef M_PER_VALIDATOR
#define OF(incarnation) 0
#else
#define OF(incarnation) ((incarnation) - 1)
#endif
inline admit() {
  if
  :: coord[wnext].by == 0 -> if :: !headRead -> headRead = 1; headAge = 0 :: else fi
  :: else -> x = OF(coord[wnext].by);
     if :: coord[wnext].shows -> seen[x].done = 1 :: else fi;
     if :: !headRead -> seen[x].before = 1; seen[x].age = 0
        :: else ->
#ifdef M_RENEWED_AFTER_IS_DONE
           seen[x].done = 1
#else
           skip
#endif
     fi; x = 0
  fi;
  wnext++
}
inline judge() {
  ok = (blind <= L -> 0 : 1); i = 0;
  do :: i < INCARNATIONS ->
        if :: seen[i].before && !seen[i].done && seen[i].age <= L -> ok = 0 :: else fi; i++ /* missing */
     :: else -> break od;
  i = 0
}
/* A complete receipt needs its ledger no more. */
inline forget() {
  do :: i < INCARNATIONS -> seen[i].before = 0; seen[i].done = 0; seen[i].age = NONE; i++ :: else -> break od;
  i = 0; wnext = 0; headRead = 0; headAge = NONE; blind = NONE
}
#ifdef M_BEFORE_OWN_HEAD
#define MAY_JUDGE revoked
#else
#define MAY_JUDGE headRead
#endif
proctype Writer() {
end: do
  :: atomic { !revoked -> revoked = 1 }
  :: atomic { revoked && coordEnd < COORD -> coord[coordEnd].by = 0; coordEnd++ } /* again each minute */
  :: atomic { wnext < coordEnd && !complete -> admit() }
  :: atomic { wnext < coordEnd && !complete -> wnext++; /* retention took this record before it was read */
#ifndef M_BLIND_FORGOTTEN
      blind = 0
#endif
    }
  :: atomic { MAY_JUDGE && !complete -> judge();
      if :: ok -> complete = 1; forget(); isTrue() :: else fi; ok = 0;
#ifdef R_COMPLETE_WHILE_LEASED
      assert(!(complete && v[0].lease <= LEASE && v[1].name != 0 && !v[1].applied));
#endif
    }
  od
}

/* ---------- validators ---------- */
#define V v[me]
inline dropRenewal() { V.renewal = idle; V.at = 0; V.age = NONE; V.awaited = 0 }
inline grant() {
  if :: V.renewal == proven && V.applied >= V.awaited ->
        V.lease = (V.age < V.lease -> V.age : V.lease); dropRenewal(); isTrue()
     :: else fi
}
proctype Validator(byte me) {
end: do
  :: atomic { born < INCARNATIONS && (me == 0 || born > 0) ->
      born++; V.name = born; V.applied = 0; V.lease = NONE; dropRenewal() }
  :: atomic { V.applied < revoked -> V.applied = 1; grant() }
  :: atomic { V.name != 0 -> dropRenewal(); V.age = 0; V.renewal = sent }
  :: atomic { V.renewal == sent && coordEnd < COORD ->
      coord[coordEnd].by = V.name; V.at = coordEnd; V.renewal = stored;
      if :: V.applied -> coord[coordEnd].shows = 1 :: true fi; /* composed at t0: may show less than is applied now */
      coordEnd++ }
  :: atomic { V.renewal == stored -> /* read back */
      do :: i < V.at -> if :: coord[i].by == 0 -> V.awaited = 1 :: else fi; i++ :: else -> break od; i = 0;
      V.renewal = proven; V.at = 0; grant() }
  od
}

inline older(A) { A = (A < NONE -> A + 1 : A) }
proctype Clock() {
end: do
  :: atomic { assert(i == 0 && x == 0 && ok == 0); /* no step stopped half-way */
      older(headAge); older(blind);
      do :: i < INCARNATIONS -> older(seen[i].age); i++ :: else -> break od; i = 0;
      do :: x < PROCESSES -> older(v[x].age); older(v[x].lease);
            if :: v[x].age == NONE && v[x].renewal != idle ->
                  v[x].renewal = idle; v[x].at = 0; v[x].awaited = 0 :: else fi; x++
         :: else -> break od; x = 0;
#ifndef MUTANT
      judge(); assert(!(headRead && headAge > L && blind > L) || ok); ok = 0
#endif
    }
  od
}
init { atomic { run Writer(); run Validator(0); run Validator(1); run Clock() } }
