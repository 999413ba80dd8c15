package org.craq.client.internal;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;
import org.craq.client.VersionOptions;
import org.craq.client.VersionPage;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.v1.ListFilesReply;
import org.craq.wire.v1.ListFilesRequest;
import org.craq.wire.v1.ListVersionsReply;
import org.craq.wire.v1.ListVersionsRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.NodeGrpc.NodeBlockingStub;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.StatReply;
import org.craq.wire.v1.StatRequest;

/** Performs the operations that change nothing (reads, listings and the like) at any member that serves. */
final class Reader {
    private static final Logger LOG = System.getLogger(Reader.class.getName());

    private final Channels channels;
    private final ContentConnections<Peer> connections;
    private final Retry retry;
    private final Duration progressTimeout;
    private final Optional<Hedging> hedging;

    /**
     * Creates a reader.
     *
     * @param hedging empty: each read asks one member at a time
     */
    Reader(
            Channels channels,
            ContentConnections<Peer> connections,
            Retry retry,
            Duration progressTimeout,
            Optional<Hedging> hedging) {
        this.hedging = hedging;
        this.channels = channels;
        this.connections = connections;
        this.retry = retry;
        this.progressTimeout = progressTimeout;
    }

    FileInfo get(String name, OutputStream target, GetOptions options) throws IOException {
        Download download = new Download(name, options, target);
        retry.<Download, IOException>read("get '" + name + "'", name, options.node(), (node, backoff, other) -> {
            if (options.node().isEmpty() && hedging.isPresent()) {
                DownloadCall call = hedged(hedging.get(), name, node, download);
                other.accept(call.node());
                download.take(call, port -> {}, backoff::progressed);
            } else {
                take(node, download, backoff);
            }
            return download;
        });
        return download.verified();
    }

    /**
     * Reads over the content port if possible. A failure there does not count against the node, which is then asked for
     * the rest by gRPC.
     */
    private void take(Peer node, Download download, Backoff backoff) throws IOException {
        boolean usual = !connections.allows(node);
        while (true) {
            try {
                IncomingRead read = usual ? call(node, download) : fastest(node, download);
                if (download.take(read, port -> learn(node, read, port), backoff::progressed)) {
                    return;
                }
                // The node's content port is known now.
                usual = !connections.allows(node);
            } catch (ContentCall.Broken e) {
                LOG.log(Level.DEBUG, "the rest goes by gRPC", e);
                usual = true;
            }
        }
    }

    private void learn(Peer node, IncomingRead read, ContentAddress port) {
        if (!(read instanceof ContentRead)) {
            connections.learn(node, port);
        }
    }

    private IncomingRead fastest(Peer node, Download download) {
        Optional<ContentRead> read = ContentRead.ask(connections, node, download.request(), progressTimeout);
        return read.isPresent()
                ? read.get()
                : call(
                        node,
                        download.request().toBuilder()
                                .setTakesElsewhere(connections.allows(node))
                                .build());
    }

    private DownloadCall call(Peer node, Download download) {
        return call(node, download.request());
    }

    private DownloadCall call(Peer node, ReadRequest request) {
        DownloadCall call = new DownloadCall(node, progressTimeout);
        NodeGrpc.newStub(channels.to(node.address())).streamRead(request, call);
        return call;
    }

    /**
     * Returns a call whose answer has begun, if possible: if the first member takes longer than usual, that of a second
     * member.
     */
    private DownloadCall hedged(Hedging limits, String name, Peer node, Download download) {
        long asked = System.nanoTime();
        DownloadCall first = call(node, download);
        CompletableFuture<?> unused = first.begun().thenRun(() -> limits.answered(System.nanoTime() - asked));
        Optional<Duration> delay = limits.delay();
        if (delay.isEmpty() || isDone(first.begun(), delay.get()) || !limits.take()) {
            return first;
        }
        Optional<DownloadCall> second = retry.another(name, node).map(other -> call(other, download));
        if (second.isEmpty()) {
            return first;
        }
        CompletableFuture<DownloadCall> winner = new CompletableFuture<>();
        for (DownloadCall call : List.of(first, second.get())) {
            CompletableFuture<?> ignored = call.begun().thenAccept(winner::complete);
        }
        CompletableFuture<?> unusedToo = CompletableFuture.allOf(
                        first.begun().handle((call, failure) -> call),
                        second.get().begun().handle((call, failure) -> call))
                .thenRun(() -> winner.complete(first));
        if (!isDone(winner, progressTimeout)) {
            second.get().cancel("neither member has begun to answer");
            return first;
        }
        DownloadCall faster = winner.getNow(first);
        if (faster == first) {
            second.get().cancel("another member was faster");
        } else {
            limits.answered(System.nanoTime() - asked);
            first.cancel("another member was faster");
        }
        return faster;
    }

    /** Waits until the future is done, successfully or not; returns false if the limit has passed. */
    private static boolean isDone(CompletableFuture<?> future, Duration limit) {
        try {
            future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            // The thread that consumes the replies will see the interrupt again and report it.
            Thread.currentThread().interrupt();
            return true;
        }
    }

    FileInfo stat(String name, GetOptions options) {
        return stat("stat", name, options);
    }

    /**
     * Returns what is known of a version.
     *
     * @param doing the operation that needs the answer, for error messages
     */
    FileInfo stat(String doing, String name, GetOptions options) {
        StatRequest.Builder request =
                StatRequest.newBuilder().setName(name).setFreshness(WireValues.freshness(options.freshness()));
        options.version().map(WireValues::version).ifPresent(request::setVersion);
        return ask(doing + " '" + name + "'", name, options.node(), node -> {
            StatReply reply = node.stat(request.build());
            return WireValues.file(reply.getFile(), reply.getAnswered());
        });
    }

    ListPage list(ListOptions options) {
        ListFilesRequest request = ListFilesRequest.newBuilder()
                .setPrefix(options.prefix())
                .setLimit(options.limit())
                .setCursor(options.cursor())
                .setFreshness(WireValues.freshness(options.freshness()))
                .setDelimiter(options.delimiter())
                .build();
        ListFilesReply reply = ask("list files", "", Optional.empty(), node -> node.listFiles(request));
        return new ListPage(
                reply.getFilesList().stream()
                        .map(file -> WireValues.file(file, reply.getAnswered()))
                        .toList(),
                reply.getPrefixesList(),
                reply.getNextCursor());
    }

    VersionPage versions(String name, VersionOptions options) {
        ListVersionsRequest request = ListVersionsRequest.newBuilder()
                .setName(name)
                .setLimit(options.limit())
                .setCursor(options.cursor())
                .setFreshness(WireValues.freshness(options.freshness()))
                .build();
        ListVersionsReply reply =
                ask("list the versions of '" + name + "'", name, options.node(), node -> node.listVersions(request));
        return new VersionPage(
                reply.getVersionsList().stream()
                        .map(version -> WireValues.version(version, reply.getAnswered()))
                        .toList(),
                reply.getNextCursor());
    }

    private <T> T ask(String what, String name, Optional<String> node, Function<NodeBlockingStub, T> question) {
        return retry.read(what, name, node, (peer, backoff, other) -> {
            try {
                return question.apply(NodeGrpc.newBlockingStub(channels.to(peer.address()))
                        .withDeadlineAfter(progressTimeout.toMillis(), TimeUnit.MILLISECONDS));
            } catch (StatusRuntimeException e) {
                throw Failures.atNode(peer, e);
            }
        });
    }
}
