package org.craq.manager.rpc;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Registration;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.membership.LeaseGrant;
import org.craq.manager.membership.Membership;
import org.craq.manager.routing.Route;
import org.craq.manager.routing.Router;
import org.craq.manager.store.LeaderStore;
import org.craq.manager.users.Logins;
import org.craq.manager.users.TokenIssuer;
import org.craq.manager.users.Users;
import org.craq.security.Assertion;
import org.craq.security.User;
import org.craq.server.access.UserCalls;
import org.craq.server.audit.AuditedCall;
import org.craq.wire.ChainWire;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.RightsWire;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.GetChainRequest;
import org.craq.wire.v1.GetRightsRequest;
import org.craq.wire.v1.GetTokenRequest;
import org.craq.wire.v1.HeartbeatReply;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.RegisterNodeRequest;
import org.craq.wire.v1.ReplicaReport;
import org.craq.wire.v1.Rights;
import org.craq.wire.v1.RouteReply;
import org.craq.wire.v1.RouteRequest;
import org.craq.wire.v1.SignRequestRequest;
import org.craq.wire.v1.Token;

/**
 * The manager's gRPC service: converts and delegates. A registration is in the database before it is answered. So, in
 * the normal case, is the chain without a node that announces its stop: whoever learns of the stop finds the new
 * configuration here.
 */
public final class ManagerEndpoint extends ManagerGrpc.ManagerImplBase {
    /** Maximum number of reports of one node, with room to spare. */
    private static final int MOST_REPORTS = 64;
    /** Maximum number of nodes that a caller may ask to avoid. */
    private static final int MOST_AVOIDED = 64;

    private static final long LONGEST_WAIT_MILLIS = 1000;

    private final Leadership leadership;
    private final Membership membership;
    private final LeaderStore store;
    private final Router router;
    private final Runnable keeper;
    private final Optional<UserParts> users;
    /** Limits registrations to one at a time, so that the leader's renewal waits for the row behind at most one. */
    private final Semaphore registering = new Semaphore(1, true);

    /** Who may make which call of users. */
    public static final Map<String, UserCalls.Rule> RULES = Map.of(
            ManagerGrpc.getGetChainMethod().getFullMethodName(), UserCalls.Rule.ANY_USER,
            ManagerGrpc.getGetWriteHeadMethod().getFullMethodName(), UserCalls.Rule.ANY_USER,
            ManagerGrpc.getGetReadNodeMethod().getFullMethodName(), UserCalls.Rule.ANY_USER,
            ManagerGrpc.getGetTokenMethod().getFullMethodName(), UserCalls.Rule.ANYONE);

    /** What is known of users and signs tokens. */
    public record UserParts(Users known, TokenIssuer issuer, Logins logins) {}

    /**
     * Creates the service.
     *
     * @param keeper records at once what the membership proposes; never throws
     * @param users empty if security is off
     */
    public ManagerEndpoint(
            Leadership leadership,
            Membership membership,
            LeaderStore store,
            Router router,
            Runnable keeper,
            Optional<UserParts> users) {
        this.leadership = leadership;
        this.membership = membership;
        this.store = store;
        this.router = router;
        this.keeper = keeper;
        this.users = users;
    }

    @Override
    public void registerNode(RegisterNodeRequest request, StreamObserver<HeartbeatReply> answer) {
        answer(answer, () -> {
            Registration registration = Errors.valid(() -> Registration.announced(
                    new NodeId(request.getNodeId()),
                    Incarnation.parse(request.getIncarnation()),
                    request.getGrpcAddress(),
                    request.getHttpUrl(),
                    Instant.now()));
            AuditedCall.current().name(registration.node().value());
            AuditedCall.current().detail(registration.grpcAddress() + " " + registration.httpUrl());
            var reports = reports(request.getReplicasList());
            membership.admit(registration.node(), registration.incarnation());
            inTurn(registration);
            requireCallerWaits(registration);
            return toWire(membership.register(registration, reports));
        });
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatReply> answer) {
        answer(answer, () -> {
            NodeId node = Errors.valid(() -> new NodeId(request.getNodeId()));
            Incarnation incarnation = Errors.valid(() -> Incarnation.parse(request.getIncarnation()));
            var reports = reports(request.getReplicasList());
            users.ifPresent(parts -> parts.known().held(node, request.getRightsVersion()));
            LeaseGrant lease = membership.heartbeat(node, incarnation, reports, request.getLeaving());
            if (request.getLeaving()) {
                keeper.run();
            }
            return toWire(lease);
        });
    }

    @Override
    public void getChain(GetChainRequest request, StreamObserver<ChainConfiguration> answer) {
        answer(answer, () -> ChainWire.toWire(router.chain(request.getChainId())));
    }

    @Override
    public void getWriteHead(RouteRequest request, StreamObserver<RouteReply> answer) {
        answer(answer, () -> toWire(router.writeHead(request.getName())));
    }

    @Override
    public void getReadNode(RouteRequest request, StreamObserver<RouteReply> answer) {
        answer(answer, () -> {
            limit(request.getAvoidCount(), MOST_AVOIDED, "nodes to avoid");
            Set<NodeId> avoid = new HashSet<>();
            Errors.valid(() -> request.getAvoidList().stream().map(NodeId::new).toList())
                    .forEach(avoid::add);
            return toWire(router.readNode(request.getName(), avoid));
        });
    }

    @Override
    public void getRights(GetRightsRequest request, StreamObserver<Rights> answer) {
        answer(answer, () -> RightsWire.toWire(users().known().rights()));
    }

    @Override
    public void signRequest(SignRequestRequest request, StreamObserver<Token> answer) {
        answer(answer, () -> {
            String user = Errors.valid(() -> User.requireName(request.getUser()));
            List<String> groups = Errors.valid(() -> groups(request));
            TokenIssuer.Issued issued = users().issuer()
                    .issue(
                            users().known().rights(),
                            user,
                            Optional.of(request.getKey()).filter(key -> !key.isEmpty()),
                            groups,
                            request.getFingerprint());
            return toWire(user, issued);
        });
    }

    private static List<String> groups(SignRequestRequest request) {
        return request.getGroupsCount() == 0
                ? List.of()
                : new Assertion(request.getUser(), request.getGroupsList(), Instant.EPOCH, Instant.EPOCH).groups();
    }

    @Override
    public void getToken(GetTokenRequest request, StreamObserver<Token> answer) {
        answer(answer, () -> {
            AuditedCall audited = AuditedCall.current();
            audited.claims(request.getName());
            audited.name(users().known().existing(request.getName()));
            Logins.Login login =
                    users().logins().login(request.getName(), request.getSecret(), UserCalls.callerAddress());
            audited.loggedIn(login.user(), request.getName());
            return toWire(login.user(), login.token());
        });
    }

    private static Token toWire(String user, TokenIssuer.Issued issued) {
        return Token.newBuilder()
                .setToken(issued.token())
                .setExpires(issued.expires().toEpochMilli())
                .setUser(user)
                .build();
    }

    private UserParts users() {
        return users.orElseThrow(() -> new CraqException(
                ErrorCode.NOT_FOUND, "security is off on this manager: nobody needs a token, and there are no users"));
    }

    private void inTurn(Registration registration) {
        try {
            if (!registering.tryAcquire(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new CraqException(
                        ErrorCode.OVERLOADED,
                        "other nodes are registering, or the database is slow; node " + registration.node()
                                + " must register again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "the manager is stopping", e);
        }
        try {
            requireCallerWaits(registration);
            persist(registration);
        } finally {
            registering.release();
        }
    }

    private void persist(Registration registration) {
        leadership.require();
        Optional<UUID> term = leadership.term();
        try {
            if (term.isPresent() && store.register(term.get(), registration)) {
                return;
            }
        } catch (Exception e) {
            // A failed commit also throws undeclared checked exceptions.
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "the registration of node " + registration.node() + " could not be recorded; register again",
                    e);
        }
        throw new CraqException(
                ErrorCode.MANAGER_UNAVAILABLE, "another manager leads now; register there by trying the next manager");
    }

    /**
     * Fails if the caller has gone. A node that stopped waiting during a slow commit must not be taken for alive: it
     * may not even know of its lease.
     */
    private static void requireCallerWaits(Registration registration) {
        if (Context.current().isCancelled()) {
            throw new CraqException(
                    ErrorCode.OUTCOME_UNKNOWN, "node " + registration.node() + " no longer waits; register again");
        }
    }

    private static List<org.craq.core.chain.ReplicaReport> reports(List<ReplicaReport> reports) {
        limit(reports.size(), MOST_REPORTS, "reports of members");
        return Errors.valid(() -> reports.stream()
                .map((Function<ReplicaReport, org.craq.core.chain.ReplicaReport>) ChainWire::toCore)
                .toList());
    }

    private static void limit(int count, int most, String what) {
        if (count > most) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, "at most " + most + " " + what + " may be given; there are " + count);
        }
    }

    private static HeartbeatReply toWire(LeaseGrant lease) {
        HeartbeatReply.Builder reply = HeartbeatReply.newBuilder()
                .setLeaseMillis(lease.length().toMillis())
                .setHeartbeatMillis(lease.heartbeat().toMillis())
                .setRightsVersion(lease.rights());
        for (Chain chain : lease.chains()) {
            reply.addChains(ChainWire.toWire(chain));
        }
        return reply.build();
    }

    private static RouteReply toWire(Route route) {
        return RouteReply.newBuilder()
                .setChainId(route.chain().value())
                .setEpoch(route.epoch().value())
                .setMember(ChainWire.toWire(route.member()))
                .build();
    }

    private static <T> void answer(StreamObserver<T> answer, Supplier<T> reply) {
        T value = reply.get();
        answer.onNext(value);
        answer.onCompleted();
    }
}
