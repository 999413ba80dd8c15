package org.craq.client;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.GetTokenRequest;
import org.craq.wire.v1.Token;

/** Decides, once it is closed, which calls the servers of a {@link FakeCluster} serve: those with a token that it has given. */
public final class FakeGate implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    /** How long a caller is told to wait that is refused with RATE_LIMITED. */
    static final Duration PAUSE = Duration.ofMillis(400);

    private static final String GET_TOKEN = "craq.v1.Manager/GetToken";

    /** The secrets of users and access keys. */
    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    /** Refusals for the next requests for a token. */
    final Queue<ErrorCode> refusals = new ConcurrentLinkedQueue<>();
    /** What the calls of methods whose names contain the key are refused with. */
    private final Map<String, ErrorCode> methods = new ConcurrentHashMap<>();

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** From now on each call needs a token. */
    public void close() {
        closed = true;
    }

    /** Adds a user with a password, or an access key with its secret. */
    public void know(String name, String secret) {
        secrets.put(name, secret);
    }

    /** Accepts a token that was not given here. */
    public void accept(String token) {
        tokens.add(token);
    }

    /** Accepts no token any more that was given so far. */
    public void revokeAll() {
        tokens.clear();
    }

    /** Refuses the methods whose names contain the text, whoever calls. */
    public void refuse(String method, ErrorCode code) {
        methods.put(method, code);
    }

    /** Returns how many tokens were given. */
    public int given() {
        return given.get();
    }

    /** Returns how many calls were refused. */
    public int refused() {
        return refused.get();
    }

    /** Returns the calls with the tokens that they carried, such as {@code Stat token-1}. */
    public List<String> calls() {
        return calls;
    }

    void answer(GetTokenRequest request, StreamObserver<Token> answer) {
        ErrorCode scripted = refusals.poll();
        if (!closed) {
            answer.onError(refusal(ErrorCode.NOT_FOUND, "security is off"));
        } else if (scripted != null) {
            answer.onError(refusal(scripted, "scripted " + scripted));
        } else if (!request.getSecret().equals(secrets.get(request.getName()))) {
            answer.onError(refusal(ErrorCode.UNAUTHENTICATED, "the name or the secret is wrong"));
        } else {
            String token = "token-" + given.incrementAndGet();
            tokens.add(token);
            answer.onNext(Token.newBuilder()
                    .setToken(token)
                    .setUser(request.getName())
                    .setExpires(System.currentTimeMillis() + Duration.ofHours(1).toMillis())
                    .build());
            answer.onCompleted();
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        String header = Optional.ofNullable(headers.get(AUTHORIZATION)).orElse("");
        calls.add(method.substring(method.indexOf('/') + 1) + " " + header.replace("Bearer ", ""));
        if (!closed || method.equals(GET_TOKEN)) {
            return next.startCall(call, headers);
        }
        Optional<ErrorCode> scripted = methods.entrySet().stream()
                .filter(each -> method.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        if (scripted.isEmpty() && header.startsWith("Bearer ") && tokens.contains(header.substring(7))) {
            return next.startCall(call, headers);
        }
        refused.incrementAndGet();
        StatusRuntimeException refusal = refusal(scripted.orElse(ErrorCode.UNAUTHENTICATED), "refused at the gate");
        call.close(refusal.getStatus(), refusal.getTrailers());
        return new ServerCall.Listener<>() {};
    }

    private static StatusRuntimeException refusal(ErrorCode code, String text) {
        CraqException failure =
                code == ErrorCode.RATE_LIMITED ? new CraqException(code, text, PAUSE) : new CraqException(code, text);
        return Errors.toGrpc(failure, UUID.randomUUID());
    }
}
