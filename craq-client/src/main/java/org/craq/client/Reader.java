package org.craq.client;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.craq.wire.v1.ListFilesReply;
import org.craq.wire.v1.ListFilesRequest;
import org.craq.wire.v1.ListVersionsReply;
import org.craq.wire.v1.ListVersionsRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.NodeGrpc.NodeBlockingStub;
import org.craq.wire.v1.StatReply;
import org.craq.wire.v1.StatRequest;

/** What changes nothing: reads, listings and their like, at any member that serves. */
final class Reader {
    private final Channels channels;
    private final Retry retry;
    private final Duration progressTimeout;

    Reader(Channels channels, Retry retry, Duration progressTimeout) {
        this.channels = channels;
        this.retry = retry;
        this.progressTimeout = progressTimeout;
    }

    FileInfo get(String name, OutputStream target, GetOptions options) throws IOException {
        Download download = new Download(name, options, target);
        retry.<Download, IOException>read("get '" + name + "'", name, options.node(), (node, backoff) -> {
            DownloadCall call = new DownloadCall(node, progressTimeout);
            NodeGrpc.newStub(channels.to(node.address())).streamRead(download.request(), call);
            download.take(call, node, backoff::progressed);
            return download;
        });
        return download.verified();
    }

    FileInfo stat(String name, GetOptions options) {
        return stat("stat", name, options);
    }

    /** @param doing what the answer is needed for, as a failure shall say */
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
        return retry.read(what, name, node, (peer, backoff) -> {
            try {
                return question.apply(NodeGrpc.newBlockingStub(channels.to(peer.address()))
                        .withDeadlineAfter(progressTimeout.toMillis(), TimeUnit.MILLISECONDS));
            } catch (StatusRuntimeException e) {
                throw Failures.atNode(peer, e);
            }
        });
    }
}
