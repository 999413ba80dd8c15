package org.craq.client.internal;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.craq.client.AccessToken;
import org.craq.client.ChainInfo;
import org.craq.client.MemberInfo;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.GetChainRequest;
import org.craq.wire.v1.GetTokenRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.ManagerGrpc.ManagerBlockingStub;
import org.craq.wire.v1.RouteReply;
import org.craq.wire.v1.RouteRequest;
import org.craq.wire.v1.Token;

/**
 * Asks the managers which member takes a write or serves a read. Each question goes to the manager that answered last
 * and, if that fails, once to each of the others. The head is remembered until it turns out to be wrong, members for
 * reads for a moment. While no manager leads, reads go to the member that served the last one, since each node knows by
 * itself whether it may serve.
 */
final class Routing {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    /** A password takes the manager a while, and others may wait before it. */
    private static final Duration TOKEN_TIMEOUT = Duration.ofSeconds(20);
    /** Used when there are other managers to ask: if the leader hangs, another one has replaced it by then. */
    private static final Duration SHORT_ANSWER_TIMEOUT = Duration.ofSeconds(1);

    /** Used when the question must not take longer than the time that it might save. */
    private static final Duration HASTY_ANSWER_TIMEOUT = Duration.ofMillis(100);

    private final Channels channels;
    private final List<String> managers;
    private final AtomicReference<Peer> head = new AtomicReference<>();
    private final ReadRoutes readers = new ReadRoutes(System::nanoTime);
    private final AtomicReference<Peer> lastReader = new AtomicReference<>();
    private volatile int preferred;
    private volatile boolean reached;

    Routing(Channels channels, List<String> managers) {
        this.channels = channels;
        this.managers = List.copyOf(managers);
    }

    /** Returns true once any manager has answered, even with an error. */
    boolean reached() {
        return reached;
    }

    /** Returns the managers' addresses, separated by commas. */
    String managers() {
        return String.join(",", managers);
    }

    Peer head(String name) {
        Peer known = head.get();
        if (known != null) {
            return known;
        }
        Peer asked = peer(ask(manager ->
                manager.getWriteHead(RouteRequest.newBuilder().setName(name).build())));
        head.set(asked);
        return asked;
    }

    /** Forgets this head, unless a newer one has been found in the meantime. */
    void forget(Peer wrong) {
        head.compareAndSet(wrong, null);
    }

    /**
     * Returns the member to ask for a read.
     *
     * @param avoid nodes that have failed to serve it; if there are any, the managers are asked again
     */
    Peer reader(String name, Collection<String> avoid) {
        avoid.forEach(readers::forget);
        return avoid.isEmpty() ? readers.next(() -> askReader(name, avoid)) : askReader(name, avoid);
    }

    /** Returns another member for a read, if a manager answers at once; the member to avoid is only slow. */
    Peer another(String name, String avoid) {
        return peer(ask(
                manager -> manager.getReadNode(
                        RouteRequest.newBuilder().setName(name).addAvoid(avoid).build()),
                HASTY_ANSWER_TIMEOUT));
    }

    private Peer askReader(String name, Collection<String> avoid) {
        try {
            Peer asked = peer(ask(manager -> manager.getReadNode(
                    RouteRequest.newBuilder().setName(name).addAllAvoid(avoid).build())));
            lastReader.set(asked);
            return asked;
        } catch (CraqException failure) {
            Peer last = lastReader.get();
            if (failure.code() == ErrorCode.MANAGER_UNAVAILABLE && last != null && !avoid.contains(last.nodeId())) {
                return last;
            }
            throw failure;
        }
    }

    Peer member(String nodeId) {
        ChainInfo chain = chain();
        return chain.member(nodeId)
                .map(member -> new Peer(member.nodeId(), member.grpcAddress()))
                .orElseThrow(() -> new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "node " + nodeId + " is not a member of the chain; its members are "
                                + String.join(
                                        ", ",
                                        chain.members().stream()
                                                .map(MemberInfo::nodeId)
                                                .toList())));
    }

    ChainInfo chain() {
        return WireValues.chain(ask(manager -> manager.getChain(GetChainRequest.getDefaultInstance())));
    }

    /**
     * Exchanges a secret for a token.
     *
     * @throws CraqException UNAUTHENTICATED if the secret is wrong, NOT_FOUND if the cluster asks for no tokens
     */
    AccessToken token(FetchedToken.Secret secret) {
        GetTokenRequest request = GetTokenRequest.newBuilder()
                .setName(secret.name())
                .setSecret(secret.proof())
                .build();
        Token token = ask(manager -> manager.getToken(request), TOKEN_TIMEOUT);
        return new AccessToken(
                token.getToken(), Optional.of(Instant.ofEpochMilli(token.getExpires())), Optional.of(token.getUser()));
    }

    private <T> T ask(Function<ManagerBlockingStub, T> question) {
        // The very first answer may take a while, as connections have to be opened.
        return ask(question, reached && managers.size() > 1 ? SHORT_ANSWER_TIMEOUT : ANSWER_TIMEOUT);
    }

    private <T> T ask(Function<ManagerBlockingStub, T> question, Duration limit) {
        int first = preferred;
        CraqException said = null;
        List<String> away = new ArrayList<>();
        for (int i = 0; i < managers.size(); i++) {
            int index = (first + i) % managers.size();
            String address = managers.get(index);
            try {
                T answer = question.apply(ManagerGrpc.newBlockingStub(channels.to(address))
                        .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
                reached = true;
                preferred = index;
                return answer;
            } catch (StatusRuntimeException e) {
                CraqException failure = Failures.atManager(address, e);
                reached |= failure.code() != ErrorCode.MANAGER_UNAVAILABLE;
                if (!failure.code().advice().repeatable()) {
                    throw failure;
                }
                away.add(failure.getMessage());
                said = more(said, failure);
            }
        }
        if (said == null || said.code() != ErrorCode.MANAGER_UNAVAILABLE) {
            throw said == null ? new IllegalStateException("no manager is known") : said;
        }
        throw new CraqException(
                ErrorCode.MANAGER_UNAVAILABLE,
                "no manager could be reached: " + String.join("; ", away)
                        + ". Is the cluster running? See: craq status",
                said);
    }

    /**
     * Returns the more informative of two managers' failures: an error reported by a manager rather than an unreachable
     * one.
     */
    private static CraqException more(CraqException before, CraqException now) {
        return before == null || before.code() == ErrorCode.MANAGER_UNAVAILABLE ? now : before;
    }

    private static Peer peer(RouteReply reply) {
        if (reply.getMember().getGrpcAddress().isEmpty()) {
            throw new CraqException(ErrorCode.NO_CHAIN, "the chain has no member that serves requests");
        }
        return new Peer(reply.getMember().getNodeId(), reply.getMember().getGrpcAddress());
    }
}
