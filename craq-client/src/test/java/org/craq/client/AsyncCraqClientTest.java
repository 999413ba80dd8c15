package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AsyncCraqClientTest {
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private FakeCluster cluster;
    private CraqClient client;
    private AsyncCraqClient async;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
        async = client.async(executor);
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
        executor.shutdownNow();
    }

    /** Requests the given number of buffers, and one more for each that arrives. */
    private static final class Taker implements Flow.Subscriber<ByteBuffer> {
        private final long first;
        private final long more;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> all = new CompletableFuture<>();
        private Flow.Subscription subscription;

        Taker(long first, long more) {
            this.first = first;
            this.more = more;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(first);
        }

        @Override
        public void onNext(ByteBuffer item) {
            synchronized (bytes) {
                bytes.write(item.array(), item.arrayOffset(), item.remaining());
            }
            if (more > 0) {
                subscription.request(more);
            }
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(bytes.toByteArray());
        }

        int size() {
            synchronized (bytes) {
                return bytes.size();
            }
        }
    }

    @Test
    void contentGoesInAndOutByPublishers() throws Exception {
        byte[] content = Bytes.random(3 * Bytes.MIB + 5);
        CompletableFuture<Receipt> put;
        try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
            put = async.put("f", publisher, PutOptions.defaults());
            await().until(publisher::hasSubscribers);
            for (int at = 0; at < content.length; at += 100_000) {
                publisher.submit(ByteBuffer.wrap(content, at, Math.min(100_000, content.length - at)));
            }
        }
        assertThat(put.get(30, TimeUnit.SECONDS).length()).isEqualTo(content.length);
        Taker taker = new Taker(1, 1);
        async.get("f", GetOptions.defaults()).subscribe(taker);
        assertThat(taker.all.get(30, TimeUnit.SECONDS)).isEqualTo(content);
    }

    @Test
    void noMoreComesThanWasAskedFor() throws Exception {
        byte[] content = Bytes.random(5 * Bytes.MIB);
        client.put("f", new ByteArrayInputStream(content));
        Taker taker = new Taker(2, 0);
        async.get("f", GetOptions.defaults()).subscribe(taker);
        await().until(() -> taker.size() == 2 * Bytes.MIB);
        assertThat(async.stat("f").get(30, TimeUnit.SECONDS).length()).isEqualTo(content.length);
        assertThat(taker.size()).isEqualTo(2 * Bytes.MIB);
        taker.subscription.request(Long.MAX_VALUE);
        assertThat(taker.all.get(30, TimeUnit.SECONDS)).isEqualTo(content);
    }

    @Test
    void aSubscriptionThatIsCancelledGivesItsThreadBack() throws Exception {
        client.put("f", new ByteArrayInputStream(Bytes.random(5 * Bytes.MIB)));
        for (int i = 0; i < 4; i++) {
            Taker taker = new Taker(1, 0);
            async.get("f", GetOptions.defaults()).subscribe(taker);
            await().until(() -> taker.size() == Bytes.MIB);
            taker.subscription.cancel();
            assertThat(taker.all).isNotDone();
        }
        assertThat(async.stat("f").get(30, TimeUnit.SECONDS).length()).isEqualTo(5 * Bytes.MIB);
    }

    @Test
    void aRequestForNothingIsAnError() throws IOException {
        client.put("f", new ByteArrayInputStream(new byte[1]));
        Taker taker = new Taker(0, 0);
        async.get("f", GetOptions.defaults()).subscribe(taker);
        assertThatThrownBy(() -> taker.all.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPublisherThatFailsStoresNothing() {
        SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
        CompletableFuture<Receipt> put = async.put("f", publisher, PutOptions.defaults());
        await().until(publisher::hasSubscribers);
        publisher.submit(ByteBuffer.wrap(new byte[100]));
        publisher.closeExceptionally(new IllegalStateException("no more"));
        assertThatThrownBy(put::join).isInstanceOf(CompletionException.class).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.stat("f")).isInstanceOf(CraqException.class);
    }

    @Test
    void failuresAreThoseOfTheBlockingMethods() {
        assertThatThrownBy(() -> async.stat("none").join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        Taker taker = new Taker(1, 1);
        async.get("none", GetOptions.defaults()).subscribe(taker);
        assertThatThrownBy(taker.all::join).hasCauseInstanceOf(CraqException.class);
    }

    @Test
    void whoCancelsEndsTheOperationAndItsPublisher() throws Exception {
        AtomicBoolean told = new AtomicBoolean();
        CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscribed = new CompletableFuture<>();
        CompletableFuture<Receipt> put = async.put(
                "f",
                subscriber -> {
                    subscribed.complete(subscriber);
                    subscriber.onSubscribe(new Flow.Subscription() {
                        @Override
                        public void request(long count) {}

                        @Override
                        public void cancel() {
                            told.set(true);
                        }
                    });
                },
                PutOptions.defaults());
        subscribed.get(30, TimeUnit.SECONDS);
        put.cancel(true);
        await().untilTrue(told);
        client.put("g", new ByteArrayInputStream(new byte[1]));
        assertThat(async.copy("g", "h").get(30, TimeUnit.SECONDS).name()).isEqualTo("h");
        assertThat(async.move("h", "i")
                        .thenCompose(moved -> async.delete("i"))
                        .get(30, TimeUnit.SECONDS)
                        .name())
                .isEqualTo("i");
    }
}
