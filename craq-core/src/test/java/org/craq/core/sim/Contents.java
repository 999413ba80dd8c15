package org.craq.core.sim;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.core.chain.Member;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;

/**
 * How the bytes of an upload reach a member: normally pushed ahead of their entry, otherwise fetched from the
 * predecessor once the entry has arrived. A head has no one to fetch from.
 */
final class Contents {
    private static final long FIRST_FETCH = 4 * VirtualTime.MILLI;
    private static final long NEXT_FETCH = 25 * VirtualTime.MILLI;

    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Set<ContentId> wanted = new HashSet<>();
    private final Set<ContentId> expected = new HashSet<>();

    Contents(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
    }

    static List<ContentId> of(Collection<Operation> operations) {
        return operations.stream()
                .filter(Operation.Put.class::isInstance)
                .flatMap(put -> ((Operation.Put) put).body().contents().stream())
                .map(Content::id)
                .toList();
    }

    static List<ContentId> of(Entry entry) {
        return of(entry.operations());
    }

    /**
     * Receives a complete content from a client. In a real cluster each attempt sends a content of its own, which no
     * earlier attempt can discard; here all attempts share one id.
     */
    void uploaded(ContentId content) {
        expect(content);
        arrived(content, true);
    }

    /** Stores a content that came from a client or a neighbour; a pushed content is pushed on. */
    private void arrived(ContentId content, boolean pushed) {
        disk.keep(content);
        if (pushed && world.pushes() && !world.chance().oneIn(6)) {
            member.replica()
                    .chain()
                    .flatMap(chain -> chain.successor(member.node()))
                    .ifPresent(next -> push(next, content));
        }
        if (wanted.remove(content)) {
            member.writer().contentArrived();
        }
    }

    private void push(Member next, ContentId content) {
        boolean whole = !world.chance().oneIn(20);
        world.network().send(member.node(), next.node(), () -> life(next)
                .ifPresent(life -> life.run(() -> life.contents().pushed(content, whole))));
    }

    /**
     * Receives a pushed content. The stream may still break after the last chunk, in which case the sender discards the
     * content.
     */
    private void pushed(ContentId content, boolean ends) {
        arrived(content, true);
        if (!ends) {
            member.after(world.chance().delay(VirtualTime.MICRO, 40 * VirtualTime.MILLI), () -> abandoned(content));
        }
    }

    /** The sender abandoned the upload: the content is discarded unless an entry refers to it. */
    void abandoned(ContentId content) {
        if (!expected.contains(content) && disk.undo(content)) {
            world.history().happened("Undone");
        }
    }

    /** From now on the sender can no longer discard the content. */
    void expect(ContentId content) {
        expected.add(content);
    }

    /** Requests a content, and notifies the writer when it has arrived. */
    void want(ContentId content) {
        if (wanted.add(content)) {
            fetchAfter(FIRST_FETCH, content);
        }
    }

    /** An entry was dropped from the log: its content may no longer exist on any member. */
    void unwant(Effect.Persist dropped) {
        of(dropped.entry()).forEach(content -> {
            wanted.remove(content);
            expected.remove(content);
        });
    }

    private void fetchAfter(long pause, ContentId content) {
        member.after(pause, () -> {
            if (wanted.contains(content)) {
                member.replica()
                        .chain()
                        .flatMap(chain -> chain.predecessor(member.node()))
                        .ifPresent(from -> fetch(from, content));
                fetchAfter(NEXT_FETCH, content);
            }
        });
    }

    private void fetch(Member from, ContentId content) {
        world.network().send(member.node(), from.node(), () -> life(from)
                .ifPresent(life -> life.run(() -> life.contents().give(member, content))));
    }

    private void give(SimMember to, ContentId content) {
        boolean missing = world.has(Flaw.MISSING_TAKEN_FOR_GIVEN_UP) && !disk.has(content);
        if (disk.hasGivenUp(content) || missing) {
            world.network()
                    .send(
                            member.node(),
                            to.node(),
                            () -> to.run(() -> to.contents().givenUp(content)));
        } else if (disk.has(content)) {
            world.network()
                    .send(
                            member.node(),
                            to.node(),
                            () -> to.run(() -> to.contents().arrived(content, false)));
        }
    }

    /** The predecessor has pruned the content, so the entry is recorded without it. */
    private void givenUp(ContentId content) {
        if (wanted.remove(content)) {
            // A member that was removed and does not know it may still regard itself as complete.
            if (member.replica().report().complete()
                    && world.database().isMember(member.node(), member.incarnation())) {
                throw new Violation(member.node() + " is complete, but what it records has been pruned elsewhere");
            }
            world.history().happened("GivenUp");
            disk.giveUp(content);
            member.writer().contentArrived();
        }
    }

    private Optional<SimMember> life(Member other) {
        return world.node(other.node()).life().filter(life -> life.incarnation().equals(other.incarnation()));
    }
}
