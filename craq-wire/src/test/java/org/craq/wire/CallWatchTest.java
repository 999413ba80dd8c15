package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.junit.jupiter.api.Test;

class CallWatchTest {
    private static final String USERS = "craq.v1.Node/Stat";
    private static final String NODES = "craq.v1.Replication/QueryVersion";

    private final CallWatch watch = new CallWatch(NODES::equals, new Connections(2), 1, Duration.ofMillis(20));

    /** Records how it was closed. */
    private static final class Call extends ServerCall<WriteRequest, WriteReply> {
        private Optional<Status> closed = Optional.empty();

        @Override
        public void request(int count) {
            // Nothing arrives unless a test sends it.
        }

        @Override
        public void sendHeaders(Metadata headers) {
            throw new IllegalStateException("nothing is sent");
        }

        @Override
        public void sendMessage(WriteReply message) {
            throw new IllegalStateException("nothing is sent");
        }

        @Override
        public void close(Status status, Metadata trailers) {
            assertThat(closed).as("a call ends once").isEmpty();
            closed = Optional.of(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<WriteRequest, WriteReply> getMethodDescriptor() {
            return NodeGrpc.getStreamWriteMethod();
        }
    }

    private record Begun(ServerStreamTracer tracer, Call call) {}

    private Begun begin(String method) {
        ServerStreamTracer tracer = watch.newServerStreamTracer(method, new Metadata());
        Call call = new Call();
        tracer.filterContext(Context.current())
                .run(() ->
                        watch.interceptCall(call, new Metadata(), (passed, headers) -> new ServerCall.Listener<>() {}));
        return new Begun(tracer, call);
    }

    private static ErrorCode code(Call call) {
        return Errors.classify(call.closed.orElseThrow().getCause()).code();
    }

    @Test
    void usersHaveABoundAndNodesAreNotRefusedForIt() {
        Begun first = begin(USERS);
        assertThat(first.call.closed).isEmpty();
        assertThat(code(begin(USERS).call)).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(begin(NODES).call.closed).isEmpty();
    }

    @Test
    void aCallThatHasEndedMakesRoom() {
        Begun first = begin(USERS);
        Begun refused = begin(USERS);
        first.tracer.streamClosed(Status.OK);
        refused.tracer.streamClosed(Status.RESOURCE_EXHAUSTED);
        assertThat(begin(USERS).call.closed).isEmpty();
    }

    @Test
    void aMessageThatDoesNotComeOnEndsItsCall() throws InterruptedException {
        Begun begun = begin(USERS);
        begun.tracer.inboundMessage(0);
        begun.tracer.inboundWireSize(100);
        watch.sweep();
        assertThat(begun.call.closed).isEmpty();
        Thread.sleep(50);
        watch.sweep();
        assertThat(code(begun.call)).isEqualTo(ErrorCode.UPLOAD_ABANDONED);
        watch.sweep();
    }

    @Test
    void aWholeMessageMayBeThoughtAboutForLonger() throws InterruptedException {
        Begun begun = begin(USERS);
        begun.tracer.inboundMessage(0);
        begun.tracer.inboundMessageRead(0, 100, 100);
        Thread.sleep(50);
        watch.sweep();
        assertThat(begun.call.closed).isEmpty();
    }

    @Test
    void aNodeHasMoreTime() throws InterruptedException {
        Begun begun = begin(NODES);
        begun.tracer.inboundMessage(0);
        Thread.sleep(50);
        watch.sweep();
        assertThat(begun.call.closed).isEmpty();
    }

    @Test
    void whatACallIsCutByIsForGrpcThatItsTimeIsOver() {
        ServerStreamTracer tracer = watch.newServerStreamTracer(USERS, new Metadata());
        Context ofCall = tracer.filterContext(Context.ROOT).withCancellation();
        ofCall.run(() -> Progress.ofThisCall().cut("took nothing"));
        assertThat(ofCall.isCancelled()).isTrue();
        assertThat(Status.fromThrowable(ofCall.cancellationCause()).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
}
