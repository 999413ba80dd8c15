package org.craq.client.internal;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Repeats what may be repeated: writes at the head, reads at another member, each time as the manager names it. The
 * message of every failure thrown here begins with the operation that failed. Before each attempt there is a token, if
 * the client has credentials; an attempt whose token is refused is repeated once, at once, with another one.
 */
final class Retry {
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(5);

    private final Routing routing;
    private final Duration budget;
    private final Login login;

    Retry(Routing routing, Duration budget, Login login) {
        this.routing = routing;
        this.budget = budget;
        this.login = login;
    }

    /**
     * One attempt at one member. It reports progress to the backoff, and throws {@link CraqException} if it fails
     * there.
     */
    interface Attempt<T, E extends Exception> {
        T at(Peer peer, Backoff backoff) throws E;
    }

    /** One attempt at a read, which may switch to another member; it reports that member. */
    interface ReadAttempt<T, E extends Exception> {
        T at(Peer peer, Backoff backoff, Consumer<Peer> other) throws E;
    }

    <T> T atManager(String what, Supplier<T> question) {
        Backoff backoff = new Backoff();
        Login.Pass pass = login.pass();
        while (true) {
            try {
                pass.ready();
                return question.get();
            } catch (CraqException failure) {
                if (!pass.renews(failure)) {
                    again(what, login.explained(failure), () -> backoff.pause(failure, budget(failure)));
                }
            }
        }
    }

    /**
     * Runs a write until it succeeds or may not be repeated.
     *
     * @param repeatable asked after a failure: whether everything that must be sent can be sent again
     */
    <T, E extends Exception> T write(
            String what, String name, UUID writeId, BooleanSupplier repeatable, Attempt<T, E> attempt) throws E {
        Backoff backoff = new Backoff();
        Login.Pass pass = login.pass();
        boolean unknown = false;
        while (true) {
            Peer head = null;
            try {
                pass.ready();
                head = routing.head(name);
                return attempt.at(head, backoff);
            } catch (CraqException failure) {
                routing.forget(head);
                unknown |= failure.code() == ErrorCode.OUTCOME_UNKNOWN;
                boolean renewed = pass.renews(failure);
                CraqException explained = login.explained(failure);
                CraqException told = unknown ? unknown(explained, writeId) : explained;
                if (!renewed && refused(failure)) {
                    throw told(what, told);
                }
                if (!repeatable.getAsBoolean()) {
                    throw told(what, notAgain(told, renewed));
                }
                if (renewed) {
                    continue;
                }
                again(what, told, () -> backoff.pause(told, budget(told)));
            }
        }
    }

    /**
     * Runs a read until it succeeds or may not be repeated.
     *
     * @param node the only member to ask, if given
     */
    <T, E extends Exception> T read(String what, String name, Optional<String> node, ReadAttempt<T, E> attempt)
            throws E {
        Backoff backoff = new Backoff();
        Login.Pass pass = login.pass();
        Set<String> avoid = new LinkedHashSet<>();
        while (true) {
            Peer peer = null;
            Set<String> asked = new LinkedHashSet<>();
            try {
                pass.ready();
                peer = node.isPresent() ? routing.member(node.get()) : routing.reader(name, avoid);
                asked.add(peer.nodeId());
                return attempt.at(peer, backoff, other -> asked.add(other.nodeId()));
            } catch (CraqException problem) {
                if (pass.renews(problem)) {
                    continue;
                }
                CraqException failure = login.explained(problem);
                if (node.isPresent() && peer != null) {
                    throw told(what, failure);
                }
                if (avoid.addAll(asked)) {
                    again(what, failure, () -> backoff.atOnce(failure, budget(failure)));
                } else {
                    // All have failed by now: pause, then give each of them another chance.
                    avoid.clear();
                    again(what, failure, () -> backoff.pause(failure, budget(failure)));
                }
            }
        }
    }

    /** Returns a second member for a read, other than the one being asked; empty if there is none. */
    Optional<Peer> another(String name, Peer than) {
        try {
            return Optional.of(routing.another(name, than.nodeId()))
                    .filter(peer -> !peer.nodeId().equals(than.nodeId()));
        } catch (CraqException e) {
            return Optional.empty();
        }
    }

    /** Returns after a pause if the failed attempt should be repeated; otherwise throws the failure. */
    private static void again(String what, CraqException failure, Runnable pause) {
        if (!failure.code().advice().repeatable()) {
            throw told(what, failure);
        }
        try {
            pause.run();
        } catch (CraqException last) {
            throw told(what, last);
        }
    }

    private Duration budget(CraqException failure) {
        boolean nobodyYet = failure.code() == ErrorCode.MANAGER_UNAVAILABLE && !routing.reached();
        return nobodyYet && budget.compareTo(FIRST_CONTACT) > 0 ? FIRST_CONTACT : budget;
    }

    /**
     * Once the outcome of an attempt is unknown, it stays unknown, unless the head reports that the request itself is
     * wrong. A head that refuses the caller has not looked at the request.
     */
    private static CraqException unknown(CraqException failure, UUID writeId) {
        if (failure.code().advice() == ErrorCode.Advice.MEND_REQUEST && !refused(failure)) {
            return failure;
        }
        return new CraqException(
                ErrorCode.OUTCOME_UNKNOWN,
                "it may or may not have taken effect; repeat it with the same write id " + writeId + " to find out: "
                        + failure.getMessage(),
                failure);
    }

    /** Returns whether a server has refused the caller, without looking at the request. */
    static boolean refused(CraqException failure) {
        return failure.code() == ErrorCode.UNAUTHENTICATED || failure.code() == ErrorCode.PERMISSION_DENIED;
    }

    /** @param renewed whether it could be repeated with another token */
    private static CraqException notAgain(CraqException failure, boolean renewed) {
        if (!failure.code().advice().repeatable() && !renewed) {
            return failure;
        }
        String state = failure.code() == ErrorCode.OUTCOME_UNKNOWN ? "" : "nothing was stored; ";
        return new CraqException(
                failure.code(),
                failure.getMessage() + " (" + state
                        + "the input stream has been consumed, so it can't be sent again from here)",
                failure);
    }

    private static CraqException told(String what, CraqException failure) {
        return new CraqException(failure.code(), "could not " + what + ": " + failure.getMessage(), failure);
    }
}
