package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.Errors;
import org.craq.wire.content.Checksum;
import org.craq.wire.v1.Fragment;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.Precondition;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteReply;
import org.craq.wire.v1.WriteRequest;
import org.craq.wire.v1.WriteTrailer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resumable writes: message by message over gRPC, and by the library over the content port. */
@ExtendWith(ChainExtension.class)
@Timeout(300)
class ResumableWriteIT {
    private static final int MIB = 1 << 20;
    private static final int LENGTH = 5 * MIB + 7;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestChain chain;
    private final byte[] content = RandomBytes.array(80, LENGTH);

    @TempDir
    private Path folder;

    ResumableWriteIT(TestChain chain) {
        this.chain = chain;
    }

    private static WriteHeader.Builder header(String name, UUID id) {
        return WriteHeader.newBuilder()
                .setName(name)
                .setWriteId(id.toString())
                .setAwaitsTurn(true)
                .setResumableLength(LENGTH);
    }

    private static WriteTrailer trailer(byte[] content) {
        return WriteTrailer.newBuilder()
                .setLength(content.length)
                .setCrc32C(crc(content))
                .build();
    }

    private static int crc(byte[] bytes) {
        return Checksum.of(ByteBuffer.wrap(bytes));
    }

    private byte[] beginning(long length) {
        return Arrays.copyOf(content, (int) length);
    }

    private void assertStored(String name, byte[] bytes) {
        for (String node : TestChain.NODES) {
            assertThat(chain.rest().digest(Rest.file(chain.cluster().nodeUrl(node), name)))
                    .as(node)
                    .isEqualTo(Digest.of(bytes));
        }
    }

    private boolean exists(String name) {
        return chain.rest().get(Rest.file(chain.headUrl(), name)).status() == 200;
    }

    private long storedAtHead() {
        return chain.storedBytes().get(chain.members().keySet().iterator().next());
    }

    private Tus tus() {
        return new Tus(chain.rest(), chain.headUrl());
    }

    private static String upload(UUID id) {
        return "/v1/uploads/" + id;
    }

    /** Begins a write, sends some bytes, waits until they have arrived, and breaks off. */
    private void breakOff(String name, UUID id, int bytes) {
        Writing write = new Writing(header(name, id));
        assertThat(write.turn().getKept()).isZero();
        write.chunks(content, 0, bytes);
        write.awaitArrival(bytes);
        write.cancel();
    }

    /** Begins a write as soon as the one before has been noticed to be over. */
    private Writing begun(WriteHeader.Builder header) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e instanceof Refused refused && refused.code.equals("UPLOAD_LOCKED"))
                .until(() -> new Writing(header).granted(), write -> true);
    }

    /** Begins a write once all chunks that were sent before are kept. */
    private Writing resumed(String name, UUID id, long kept) {
        return await().atMost(PATIENCE).until(() -> begun(header(name, id)).orCancelled(kept), write -> !write.over);
    }

    @Test
    void whatCameBeforeTheBreakIsKeptAndTheWriteTakesEffectOnce() throws Exception {
        UUID id = UUID.randomUUID();
        breakOff("resumable/write", id, 2 * MIB);

        Writing second = resumed("resumable/write", id, 2 * MIB);
        assertThat(second.turn().getKeptCrc32C()).isEqualTo(crc(beginning(2 * MIB)));
        assertThat(exists("resumable/write")).isFalse();
        second.chunks(content, 2 * MIB, LENGTH);
        org.craq.wire.v1.Receipt receipt = second.finish(trailer(content));
        assertThat(receipt.getLength()).isEqualTo(LENGTH);
        assertStored("resumable/write", content);

        Writing again = begun(header("resumable/write", id));
        assertThat(again.turn().getKept()).isEqualTo(LENGTH);
        assertThat(again.turn().hasKeptCrc32C()).isFalse();
        assertThat(again.finish(trailer(content))).isEqualTo(receipt);
        Writing other = begun(header("resumable/write", id));
        assertThatThrownBy(() -> other.finish(trailer(RandomBytes.array(81, LENGTH))))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code).isEqualTo("WRITE_ID_REUSED"));
    }

    @Test
    void theFileAppearsWithTheTrailerAndNotWithTheLastByte() throws Exception {
        UUID id = UUID.randomUUID();
        breakOff("resumable/held", id, LENGTH);
        Writing second = resumed("resumable/held", id, LENGTH);
        assertThat(exists("resumable/held")).isFalse();
        second.finish(trailer(content));
        assertStored("resumable/held", content);
    }

    @Test
    void tusAndWritesContinueEachOther() throws Exception {
        String path = Tus.path(tus().create("resumable/tus", LENGTH));
        UUID id = UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
        assertThat(tus().send(path, 0, beginning(3_000_000)).status()).isEqualTo(204);
        Writing write =
                begun(header("resumable/tus", id).setContentType("text/x-test").putUserMetadata("colour", "blue"));
        assertThat(write.turn().getKept()).isEqualTo(3_000_000);
        write.chunks(content, 3_000_000, LENGTH);
        write.finish(trailer(content));
        assertStored("resumable/tus", content);

        UUID other = UUID.randomUUID();
        breakOff("resumable/by-tus", other, MIB);
        await().atMost(PATIENCE)
                .until(() -> tus().head(upload(other)).header("Upload-Offset"), Integer.toString(MIB)::equals);
        Rest.Answer sent = tus().send(upload(other), MIB, Arrays.copyOfRange(content, MIB, LENGTH));
        assertThat(sent.header("ETag")).as(sent.text()).isNotEmpty();
        assertStored("resumable/by-tus", content);
    }

    @Test
    void anotherRequestUnderTheSameIdIsRefused() {
        UUID id = UUID.randomUUID();
        breakOff("resumable/same", id, MIB);
        for (WriteHeader.Builder wrong : List.of(
                header("resumable/other", id),
                header("resumable/same", id).setResumableLength(LENGTH + 1),
                header("resumable/same", id).setContentType("text/plain"),
                header("resumable/same", id).putUserMetadata("filename", "x"),
                header("resumable/same", id)
                        .setPrecondition(Precondition.newBuilder().setIfAbsent(true)))) {
            assertThatThrownBy(() -> begun(wrong)).isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code)
                    .isEqualTo("WRITE_ID_REUSED"));
        }
    }

    @Test
    void aHeaderThatCannotBeResumedIsRefused() {
        UUID id = UUID.randomUUID();
        for (WriteHeader.Builder wrong : List.of(
                header("resumable/bad", id).setAwaitsTurn(false),
                header("resumable/bad", id).setAppends(true),
                header("resumable/bad", id).clearWriteId(),
                header("resumable/bad", id).setChunkSize(4096),
                header("resumable/bad", id).setResumableLength(0),
                header("resumable/bad", id).setResumableLength(-1))) {
            assertThatThrownBy(() -> new Writing(wrong).turn())
                    .isInstanceOfSatisfying(
                            Refused.class, e -> assertThat(e.code).isEqualTo("INVALID_ARGUMENT"));
        }
    }

    @Test
    void aTrailerThatDiscardsOrDoesNotMatchDeletesTheUpload() {
        WriteTrailer discards = WriteTrailer.newBuilder().setDiscards(true).build();
        for (WriteTrailer trailer : List.of(discards, trailer(RandomBytes.array(82, LENGTH)))) {
            UUID id = UUID.randomUUID();
            Writing write = new Writing(header("resumable/discarded", id));
            write.chunks(content, 0, LENGTH);
            assertThatThrownBy(() -> write.finish(trailer))
                    .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code)
                            .isEqualTo(trailer.getDiscards() ? "UPLOAD_ABANDONED" : "CHECKSUM_MISMATCH"));
            assertThat(tus().head(upload(id)).status()).isEqualTo(404);
            assertThat(exists("resumable/discarded")).isFalse();
        }
    }

    @Test
    void contentBeyondTheAnnouncedLengthIsRefused() {
        Writing write = new Writing(header("resumable/long", UUID.randomUUID()).setResumableLength(2 * MIB));
        write.chunks(content, 0, 3 * MIB);
        assertThatThrownBy(write::answer)
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code).isEqualTo("CONTENT_TOO_LARGE"));
    }

    @Test
    void aConditionCountsWhenTheWriteIsComplete() throws Exception {
        WriteHeader.Builder absent = header("resumable/condition", UUID.randomUUID())
                .setPrecondition(Precondition.newBuilder().setIfAbsent(true));
        Writing write = new Writing(absent);
        write.chunks(content, 0, LENGTH);
        chain.rest().put(Rest.file(chain.headUrl(), "resumable/condition"), new byte[] {1});
        assertThatThrownBy(() -> write.finish(trailer(content)))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code).isEqualTo("PRECONDITION_FAILED"));
        assertStored("resumable/condition", new byte[] {1});
    }

    /** The file has several parts. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPutOfTheLibraryContinuesWhereAnotherWasKilled(boolean sameClient) throws Exception {
        int length = 150 * MIB + 1;
        Path source = Files.write(folder.resolve("source"), RandomBytes.array(83, length));
        String name = "resumable/put-" + sameClient;
        List<String> notes = new ArrayList<>();
        PutOptions options = PutOptions.defaults()
                .withUserMetadata(java.util.Map.of("filename", "x", "filetype", "y"))
                .withResume(folder.resolve("records"), notes::add);
        try (CraqClient first = client();
                CraqClient second = client()) {
            assertThatThrownBy(() -> first.put(name, source, options.withProgress(sent -> {
                        if (sent > 140L * MIB) {
                            throw new IllegalStateException("killed");
                        }
                    })))
                    .hasMessage("killed");
            assertThat(exists(name)).isFalse();
            Receipt receipt = (sameClient ? first : second).put(name, source, options);
            assertThat(receipt.length()).isEqualTo(length);
            assertThat(receipt.members()).containsExactlyInAnyOrderElementsOf(TestChain.NODES);
            assertThat(first.stat(name).userMetadata())
                    .containsEntry("filename", "x")
                    .containsEntry("filetype", "y");
        }
        assertThat(notes).singleElement().asString().matches("resuming after \\d+ of " + length + " bytes");
        assertThat(Long.parseLong(notes.get(0).split(" ", -1)[2])).isGreaterThan(100L * MIB);
        assertStored(name, Files.readAllBytes(source));
        chain.client().delete(name);
    }

    private CraqClient client() {
        return CraqClient.builder().manager(chain.cluster().managerAddress()).build();
    }

    /** The head's refusal. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;

        Refused(Throwable failure) {
            super(failure);
            code = Status.trailersFromThrowable(failure).get(Errors.CODE);
        }
    }

    /** One StreamWrite call, controlled message by message. */
    private final class Writing implements ClientResponseObserver<WriteRequest, WriteReply> {
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        private ClientCallStreamObserver<WriteRequest> requests;
        private Turn turn;
        private boolean over;
        private final long before = storedAtHead();

        Writing(WriteHeader.Builder header) {
            NodeGrpc.newStub(chain.headChannel()).streamWrite(this);
            requests.onNext(WriteRequest.newBuilder().setHeader(header).build());
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WriteRequest> stream) {
            requests = stream;
        }

        @Override
        public void onNext(WriteReply reply) {
            if (!reply.hasTurn() || reply.getTurn().getCome()) {
                answers.add(reply);
            }
        }

        @Override
        public void onError(Throwable failure) {
            answers.add(failure);
        }

        @Override
        public void onCompleted() {}

        private WriteReply answer() {
            try {
                Object answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                if (answer instanceof Throwable failure) {
                    throw new Refused(failure);
                }
                assertThat(answer).as("an answer in time").isNotNull();
                return (WriteReply) answer;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        Turn turn() {
            if (turn == null) {
                turn = answer().getTurn();
            }
            return turn;
        }

        Writing granted() {
            assertThat(turn().getCome()).isTrue();
            return this;
        }

        /** Returns this write; it is cancelled unless so many bytes are kept. */
        Writing orCancelled(long kept) {
            if (turn().getKept() != kept) {
                cancel();
                over = true;
            }
            return this;
        }

        void chunks(byte[] bytes, int from, int to) {
            turn();
            for (int begin = from; begin < to; begin += MIB) {
                byte[] chunk = Arrays.copyOfRange(bytes, begin, Math.min(begin + MIB, to));
                requests.onNext(WriteRequest.newBuilder()
                        .setFragment(Fragment.newBuilder()
                                .setOffset(begin)
                                .setData(ByteString.copyFrom(chunk))
                                .setCrc32C(crc(chunk)))
                        .build());
            }
        }

        /** Waits until the head has stored so many bytes, as cancelling overtakes what is on its way. */
        void awaitArrival(long bytes) {
            await().atMost(PATIENCE).until(() -> storedAtHead() - before >= bytes);
        }

        org.craq.wire.v1.Receipt finish(WriteTrailer trailer) {
            requests.onNext(WriteRequest.newBuilder().setTrailer(trailer).build());
            requests.onCompleted();
            return answer().getReceipt();
        }

        void cancel() {
            requests.cancel("the client is gone", null);
        }
    }
}
