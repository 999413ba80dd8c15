package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32C;
import org.craq.wire.Errors;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An upload that is interrupted or damaged leaves nothing behind: no file, and no byte in any node's chunk store. */
@ExtendWith(ChainExtension.class)
class BrokenUploadIT {
    private static final int MIB = 1 << 20;
    private static final int PARTS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestChain chain;
    private Map<String, Long> before;

    BrokenUploadIT(TestChain chain) {
        this.chain = chain;
    }

    @BeforeEach
    void lookAtTheStores() {
        await().atMost(PATIENCE).until(() -> openUploads() == 0);
        before = chain.storedBytes();
    }

    @Test
    void aCancelledCallLeavesNothing() throws IOException {
        Call call = new Call("broken/cancelled");
        call.header();
        call.parts();
        awaitBytesOnEveryNode();

        call.requests.cancel("the client is gone", null);

        assertNothingIsLeft("broken/cancelled");
    }

    @Test
    void aStreamThatEndsWithoutItsTrailerLeavesNothing() throws IOException {
        Call call = new Call("broken/half");
        call.header();
        call.parts();
        call.requests.onCompleted();

        assertThat(call.failure().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertNothingIsLeft("broken/half");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatBreaksInTheMiddleOfABodyLeavesNothing(boolean reset) throws IOException {
        byte[] part = RandomBytes.array(8, PARTS * MIB + 77);

        RawHttp.breakOffPut(
                Rest.file(chain.headUrl(), "broken/connection-" + reset),
                "Content-Length: " + 100L * MIB,
                part,
                reset,
                this::awaitBytesOnEveryNode);

        assertNothingIsLeft("broken/connection-" + reset);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChunkedBodyWithoutItsEndLeavesNothing(boolean reset) throws IOException {
        byte[] part = RawHttp.chunk(RandomBytes.array(9, PARTS * MIB + 77));

        RawHttp.breakOffPut(
                Rest.file(chain.headUrl(), "broken/chunked-" + reset),
                "Transfer-Encoding: chunked",
                part,
                reset,
                this::awaitBytesOnEveryNode);

        assertNothingIsLeft("broken/chunked-" + reset);
    }

    @Test
    void aDamagedFragmentIsRefusedAndLeavesNothing() throws IOException {
        Call call = new Call("broken/damaged");
        call.header();
        call.parts();
        call.fragment(PARTS, new byte[] {1, 2, 3}, 0x12345678);

        assertChecksumMismatch(call);
        assertNothingIsLeft("broken/damaged");
    }

    @Test
    void aTrailerThatAnnouncesOtherBytesIsRefusedAndLeavesNothing() throws IOException {
        Call call = new Call("broken/announced");
        call.header();
        call.parts();
        call.requests.onNext(WriteRequest.newBuilder()
                .setTrailer(
                        WriteTrailer.newBuilder().setLength((long) PARTS * MIB).setCrc32C(1))
                .build());

        assertChecksumMismatch(call);
        assertNothingIsLeft("broken/announced");
    }

    @Test
    void aFragmentAtTheWrongPlaceIsRefusedAndLeavesNothing() throws IOException {
        Call call = new Call("broken/gap");
        call.header();
        call.parts();
        call.fragment(PARTS + 1, new byte[] {1}, crc(new byte[] {1}));

        assertThat(call.failure().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertNothingIsLeft("broken/gap");
    }

    private static void assertChecksumMismatch(Call call) {
        Status status = call.failure();
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call.errorCode()).isEqualTo("CHECKSUM_MISMATCH");
        assertThat(status.getDescription()).contains("CRC32C");
    }

    private void awaitBytesOnEveryNode() {
        await().atMost(PATIENCE).untilAsserted(() -> chain.storedBytes()
                .forEach((node, bytes) ->
                        assertThat(bytes).as(node).isGreaterThanOrEqualTo(before.get(node) + (long) PARTS * MIB)));
    }

    private void assertNothingIsLeft(String name) throws IOException {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(chain.storedBytes()).isEqualTo(before));
        await().atMost(PATIENCE).until(() -> openUploads() == 0);
        for (String node : TestChain.NODES) {
            assertThat(chain.rest()
                            .get(Rest.file(chain.cluster().nodeUrl(node), name))
                            .status())
                    .isEqualTo(404);
        }
        byte[] content = RandomBytes.array(10, MIB + 1);
        assertThat(chain.rest().put(Rest.file(chain.headUrl(), name), content).status())
                .isEqualTo(201);
        for (String node : TestChain.NODES) {
            assertThat(chain.rest().digest(Rest.file(chain.cluster().nodeUrl(node), name)))
                    .isEqualTo(Digest.of(content));
        }
    }

    private int openUploads() {
        return TestChain.NODES.stream()
                .mapToInt(node -> chain.status(node).get("uploads").getAsInt())
                .sum();
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** One StreamWrite call, controlled message by message. */
    private final class Call implements ClientResponseObserver<WriteRequest, WriteReply> {
        private final String name;
        private final CompletableFuture<Receipt> answer = new CompletableFuture<>();
        private ClientCallStreamObserver<WriteRequest> requests;

        Call(String name) {
            this.name = name;
            NodeGrpc.newStub(chain.headChannel()).streamWrite(this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WriteRequest> stream) {
            requests = stream;
        }

        void header() {
            requests.onNext(WriteRequest.newBuilder()
                    .setHeader(WriteHeader.newBuilder().setName(name))
                    .build());
        }

        void parts() {
            for (int i = 0; i < PARTS; i++) {
                byte[] part = RandomBytes.array(i, MIB);
                fragment(i, part, crc(part));
            }
        }

        void fragment(int index, byte[] data, int crc32c) {
            requests.onNext(WriteRequest.newBuilder()
                    .setFragment(Fragment.newBuilder()
                            .setOffset((long) index * MIB)
                            .setData(ByteString.copyFrom(data))
                            .setCrc32C(crc32c))
                    .build());
        }

        /** Returns the failure of the call. */
        Status failure() {
            return Status.fromThrowable(cause());
        }

        String errorCode() {
            return Status.trailersFromThrowable(cause()).get(Errors.CODE);
        }

        private Throwable cause() {
            try {
                Receipt receipt = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                throw new AssertionError("the upload should fail, but was answered with " + receipt);
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (TimeoutException e) {
                throw new AssertionError("the upload was not answered", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        public void onNext(WriteReply reply) {
            answer.complete(reply.getReceipt());
        }

        @Override
        public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }
}
