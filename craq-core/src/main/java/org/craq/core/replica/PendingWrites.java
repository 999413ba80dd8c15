package org.craq.core.replica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.craq.core.chain.Seq;

/** The head's open writes: those that wait for a database lookup, and those that wait until an entry is clean. */
final class PendingWrites {
    /** A write whose lookup is in progress; the window keeps everything above {@code floor} for it. */
    record LookingUp(Write write, Seq floor) {}

    record Answer(long token, WriteOutcome outcome) {}

    private final Map<Long, LookingUp> lookingUp = new HashMap<>();
    private final NavigableMap<Seq, List<Answer>> waiting = new TreeMap<>();

    void lookUp(long token, Write write, Seq floor) {
        lookingUp.put(token, new LookingUp(write, floor));
    }

    /** Returns the write; empty if it has been aborted in the meantime. */
    Optional<LookingUp> lookedUp(long token) {
        return Optional.ofNullable(lookingUp.remove(token));
    }

    /** Returns the lowest seq above which a pending lookup needs the window. */
    Seq floor(Seq otherwise) {
        Seq floor = otherwise;
        for (LookingUp pending : lookingUp.values()) {
            floor = Seq.min(floor, pending.floor());
        }
        return floor;
    }

    void answerWhenClean(Seq seq, long token, WriteOutcome outcome) {
        waiting.computeIfAbsent(seq, key -> new ArrayList<>()).add(new Answer(token, outcome));
    }

    List<Answer> clean(Seq mark) {
        List<Answer> answers = new ArrayList<>();
        waiting.headMap(mark, true).values().forEach(answers::addAll);
        waiting.headMap(mark, true).clear();
        return answers;
    }

    /**
     * Aborts all open writes because this member is no longer the head: writes that have a place in the log end as
     * unknown, the others are refused.
     */
    List<Answer> giveUp() {
        List<Answer> answers = new ArrayList<>();
        lookingUp.keySet().forEach(token -> answers.add(new Answer(token, new WriteOutcome.Refused(Refusal.NOT_HEAD))));
        waiting.values()
                .forEach(list ->
                        list.forEach(answer -> answers.add(new Answer(answer.token(), new WriteOutcome.Unknown()))));
        lookingUp.clear();
        waiting.clear();
        return answers;
    }
}
