/*
 * ACCEPTANCE (ARCHITECTURE section 3; libs/event-log: acceptance.ts, appender.ts): the first record to claim a revision
 * wins, and an append is settled by reading, never by an acknowledgement, a time-out or a guess.
 *
 * Promises, asserted where named: all readers give the same verdict on each record, so there is one winner a revision
 * and closed stays closed (`admit`); no record counts twice, and none on
 * a state that it was not decided on (`land`); what was reported done is accepted (`report`);
 * what was reported as not done never is, however late a copy lands: INVARIANTS I14 (`report`, `land`); a revocation
 * succeeds in one append: I15 (`land`); with CLAIMERS, no traffic with a code refuses its operator's command: I15
 * (`report`).
 *
 * Each action is one atomic step that may happen at any time or never. A produced record lands never, once or more
 * often, at any later time, also when its writer is long gone. A mutant is this file with one M_... macro.
 */
#ifndef WRITERS
#define WRITERS 2 /* with CLAIMERS: one operator, the others claim uses of the code */
#endif
#ifndef EVENTS
#define EVENTS 4 /* records ever made; each has an id */
#endif
#ifndef COPIES
#define COPIES 2 /* times that one record may land: it is sent again until it is settled */
#endif
#ifndef LOG
#define LOG 5 /* records on the log */
#endif
#define TERMINAL 0   /* the claim of no revision in particular */
#define CODE 0       /* stream of the code */
#define REDEMPTION 1 /* stream of its uses */

typedef Event {
  byte claim;
  byte after;  /* the last event of the state that it was decided on */
  byte copies; /* landed so far */
  bit stream; bit revokes; bit accepted;
  bit refused  /* reported as not done */
};
Event event[EVENTS + 1]; /* by id; 0 = none */
byte made;

/* The log, with the true verdict on each record: the acceptance rule over all before it. */
typedef Stream { byte revision; byte last /* id of the last accepted event */; bit closed };
typedef Entry { byte id; bit accepted };
Entry log[LOG];
byte logEnd;
Stream truth[2];

typedef Writer { byte next; Stream seen; byte pending /* the append that is not settled yet */ };
Writer w[WRITERS];
byte x; bit verdict; /* scratch of one step */

inline judge(S, id, claimed) {
  if :: S.closed -> verdict = 0
     :: !S.closed && claimed == TERMINAL -> verdict = (S.revision > 0); S.closed = verdict
     :: else -> verdict = (claimed == S.revision + 1)
  fi;
  if :: verdict -> S.revision++; S.last = id :: else fi
}

/* ---------- the network and the log ---------- */
inline land(E) {
#ifdef R_LATE_COPY
  assert(!event[E].refused);
#endif
  assert(!(event[E].claim == truth[event[E].stream].revision + 1 && !truth[event[E].stream].closed)
         || event[E].after == truth[event[E].stream].last);
  judge(truth[event[E].stream], E, event[E].claim);
  log[logEnd].id = E; log[logEnd].accepted = verdict; logEnd++; event[E].copies++;
  assert(!(verdict && event[E].refused));
  assert(!(verdict && event[E].accepted));
  assert(!(event[E].revokes && truth[CODE].revision > 0 && !truth[CODE].closed));
  event[E].accepted = event[E].accepted | verdict; verdict = 0
}
proctype Network() {
end: do
  :: atomic { logEnd < LOG && made > 0 -> assert(x == 0 && !verdict); /* no step stopped half-way */
      x = 1;
      do :: x < made -> x++ :: break od;
      if :: event[x].copies < COPIES -> land(x) :: else fi; x = 0 }
  od
}

/* ---------- a writer: decides on what it has read, produces, and reads until that is settled ---------- */
#define W w[me]
#ifdef CLAIMERS
#define IS_OPERATOR (me == 0)
#define MAY_REFUSE (me > 0)
#else
#define IS_OPERATOR true
#define MAY_REFUSE true
#endif
#if defined(CLAIMERS) && !defined(M_CLAIMS_ON_CODE)
#define MINE (me == 0 -> CODE : REDEMPTION)
#else
#define MINE CODE
#endif

inline refuse() {
  assert(!event[W.pending].accepted && MAY_REFUSE);
  event[W.pending].refused = 1;
#ifdef M_TWO_RECORDS
  event[W.pending - 1].refused = 1;
#endif
  W.pending = 0
}
#define CLAIM event[W.pending].claim
#ifdef M_AHEAD
#define EXISTS true
#define LOST (W.pending == x || W.seen.closed || (CLAIM != TERMINAL && W.seen.revision >= CLAIM))
#else
#define EXISTS (W.seen.revision > 0)
#define LOST (W.seen.closed || (CLAIM != TERMINAL && W.seen.revision >= CLAIM))
#endif
inline admit() {
  x = log[W.next].id;
  if :: event[x].stream == MINE ->
        judge(W.seen, x, event[x].claim);
        assert(verdict == log[W.next].accepted);
        if :: W.pending == 0 -> skip
           :: W.pending != 0 && W.pending == x && verdict -> W.pending = 0 /* done */
           :: W.pending != 0 && !(W.pending == x && verdict) ->
              if :: LOST -> refuse() :: else fi
        fi;
        verdict = 0
     :: else
  fi;
  W.next++; x = 0
}
inline make(C, A, R) {
  made++; event[made].stream = MINE; event[made].claim = C; event[made].after = A; event[made].revokes = R;
  W.pending = made
}
#define MAY_APPEND (W.pending == 0 && made < EVENTS && !W.seen.closed && (made > 0 || me == 0))
#ifdef M_REVOKE_CLAIMS
#define END (W.seen.revision + 1)
#else
#define END TERMINAL
#endif
proctype WriterProcess(byte me) {
end: do
  :: atomic { W.next < logEnd -> admit() }
#ifdef M_TWO_RECORDS
  :: atomic { MAY_APPEND && made + 1 < EVENTS -> make(W.seen.revision + 2, made + 1, 0); /* after its twin */
      make(W.seen.revision + 1, W.seen.last, 0) }
#else
  :: atomic { MAY_APPEND -> make(W.seen.revision + 1, W.seen.last, 0) } /* the first event, or a change */
  :: atomic { MAY_APPEND && IS_OPERATOR && EXISTS -> make(END, W.seen.last, 1) }
#endif
#ifndef CLAIMERS /* the operator's own former self would be a rival */
  :: atomic { W.pending != 0 -> /* a crash: nobody was told; reads again from the start */
      W.pending = 0; W.next = 0; W.seen.revision = 0; W.seen.closed = 0; W.seen.last = 0 }
#endif
#ifdef M_SECOND_WHILE_UNSETTLED
  :: atomic { W.pending != 0 && made < EVENTS && CLAIM != TERMINAL -> x = CLAIM + 1;
      make(x, W.pending, 0); x = 0 } /* on top of the first, as if that had won */
#endif
#ifdef M_FAILED_ON_UNKNOWN
  :: atomic { W.pending != 0 -> refuse() }
#endif
#ifdef M_ACK_IS_DONE
  :: atomic { W.pending != 0 && event[W.pending].copies > 0 -> assert(event[W.pending].accepted); W.pending = 0 }
#endif
#ifdef M_FORGOTTEN
  :: atomic { W.seen.closed -> /* a snapshot that left the stream out */
      W.seen.closed = 0; W.seen.revision = 0; W.seen.last = 0 }
#endif
  od
}
init { atomic {
  x = 0; do :: x < WRITERS -> run WriterProcess(x); x++ :: else -> break od; x = 0;
  run Network() } }
