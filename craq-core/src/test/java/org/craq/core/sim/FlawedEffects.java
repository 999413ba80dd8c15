package org.craq.core.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Replica;
import org.craq.core.replica.WriteId;

/** Falsifies effects before they are performed, for the flaws located inside a replica; does nothing without one. */
final class FlawedEffects {
    private final World world;
    private final Replica replica;
    private final Map<Version, Entry> renumbered = new HashMap<>();
    private Seq toldOfCommits = Seq.NONE;

    FlawedEffects(World world, Replica replica) {
        this.world = world;
        this.replica = replica;
    }

    Effect falsified(Effect effect) {
        if (world.settings().flaws().isEmpty()) {
            return effect;
        }
        if (effect instanceof Effect.Persist persist && world.has(Flaw.SEQ_FROM_CLEAN_VERSION)) {
            return new Effect.Persist(persist.generation(), placed(persist.entry()));
        }
        if (effect instanceof Effect.SendEntry send) {
            Entry placed = renumbered.getOrDefault(send.entry().version(), send.entry());
            return new Effect.SendEntry(send.stream(), sent(placed));
        }
        if (effect instanceof Effect.ConnectPredecessor connect && world.has(Flaw.FELL_BACK_TO_COMMIT_MARK)) {
            return fallenBack(connect);
        }
        if (effect instanceof Effect.SendCommit send && world.has(Flaw.COMMIT_MARK_TOLD_ONCE)) {
            boolean news = send.mark().isAfter(toldOfCommits);
            toldOfCommits = Seq.max(toldOfCommits, send.mark());
            return news ? send : new Effect.SendCommit(send.stream(), Seq.NONE);
        }
        if (effect instanceof Effect.SendCommit send && world.has(Flaw.COMMIT_MARK_OF_RECEIVED)) {
            return new Effect.SendCommit(send.stream(), replica.report().last());
        }
        if (effect instanceof Effect.WelcomeSuccessor welcome) {
            return new Effect.WelcomeSuccessor(welcome.stream(), welcome.common(), target(welcome), welcome.base());
        }
        return effect;
    }

    private Entry placed(Entry entry) {
        boolean mine = replica.chain()
                .filter(chain -> chain.epoch().equals(entry.epoch()))
                .filter(chain -> chain.head().incarnation().equals(replica.incarnation()))
                .isPresent();
        if (!mine) {
            return entry;
        }
        Seq next = replica.report().commit().next();
        Entry other = new Entry(entry.epoch(), next, entry.operations(), entry.createdAtMillis(), entry.request());
        renumbered.put(entry.version(), other);
        return other;
    }

    private Entry sent(Entry entry) {
        if (world.has(Flaw.REQUEST_NOT_REPLICATED)) {
            return new Entry(entry.epoch(), entry.seq(), entry.operations(), entry.createdAtMillis());
        }
        return world.has(Flaw.WRITE_ID_NOT_REPLICATED) ? withoutWriteId(entry) : entry;
    }

    private Entry withoutWriteId(Entry entry) {
        WriteId other = new WriteId(world.chance().uuid());
        List<Operation> operations = entry.operations().stream()
                .<Operation>map(operation -> operation instanceof Operation.Put put
                        ? new Operation.Put(put.name(), other, put.body(), put.contentType(), put.userMetadata())
                        : new Operation.Delete(operation.name(), other))
                .toList();
        return new Entry(entry.epoch(), entry.seq(), operations, entry.createdAtMillis(), entry.request());
    }

    private Effect fallenBack(Effect.ConnectPredecessor connect) {
        boolean complete = replica.report().complete();
        Seq last = complete
                ? connect.last()
                : Seq.min(connect.last(), replica.report().commit());
        return new Effect.ConnectPredecessor(
                connect.stream(), connect.epoch(), connect.predecessor(), last, connect.epochs(), connect.forgotten());
    }

    private Seq target(Effect.WelcomeSuccessor welcome) {
        if (world.has(Flaw.COMPLETE_ON_CONNECT)) {
            return Seq.NONE;
        }
        if (world.has(Flaw.COMPLETE_AT_COMMIT_MARK)) {
            return Seq.min(welcome.last(), replica.report().commit());
        }
        return world.has(Flaw.COMPLETE_AT_OWN_TAIL) ? welcome.common() : welcome.last();
    }
}
