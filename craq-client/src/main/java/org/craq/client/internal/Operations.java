package org.craq.client.internal;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.client.AccessToken;
import org.craq.client.ChainInfo;
import org.craq.client.ClientTls;
import org.craq.client.CopyOptions;
import org.craq.client.Credentials;
import org.craq.client.DeleteOptions;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.client.VersionOptions;
import org.craq.client.VersionPage;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.Loopback;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.tls.ContentTls;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.tls.UserTls;

/** The operations of a client, with the connections that they share. {@code CraqClient} documents them. Thread-safe. */
public final class Operations implements AutoCloseable {
    private static final int MOST_IDLE_CONNECTIONS = 64;

    private final Channels channels;
    private final ContentConnections<Peer> connections;
    private final Writer writer;
    private final Reader reader;
    private final Routing routing;
    private final Retry retry;
    private final Login login;
    private final int replayBytes;

    /**
     * The settings of a client.
     *
     * @param executor runs callbacks; empty: threads of the client's own
     * @param replayBytes bytes of a stream that are remembered, so that they can be sent again
     * @param tls how connections are encrypted; empty: they are not
     * @param credentials how the client shows who it is; empty: it does not
     */
    public record Settings(
            List<String> managers,
            Duration progressTimeout,
            Duration operationTimeout,
            Optional<Executor> executor,
            boolean hedgedReads,
            int replayBytes,
            Optional<ClientTls> tls,
            Optional<Credentials> credentials) {}

    /** Prepares the operations; connections are made when they are needed. */
    public Operations(Settings settings) {
        requireEncryption(settings);
        login = Login.of(settings.credentials(), this::askToken);
        channels = new Channels(
                settings.executor().orElse(null), settings.tls().map(Operations::context), new Bearer(login::current));
        Optional<SslContext> contents =
                settings.tls().map(tls -> Errors.valid(() -> UserTls.contents(tls.authorities())));
        connections = new ContentConnections<>(
                Peer::address,
                node -> contents.map(trusted -> new ContentTls(trusted, node.nodeId())),
                MOST_IDLE_CONNECTIONS);
        routing = new Routing(channels, settings.managers());
        retry = new Retry(routing, settings.operationTimeout(), login);
        writer = new Writer(channels, connections, retry, settings.progressTimeout());
        reader = new Reader(
                channels,
                connections,
                retry,
                settings.progressTimeout(),
                settings.hedgedReads() ? Optional.of(new Hedging()) : Optional.empty());
        replayBytes = settings.replayBytes();
    }

    private static void requireEncryption(Settings settings) {
        if (settings.credentials().isPresent() && settings.tls().isEmpty()) {
            settings.managers().stream()
                    .filter(address -> !Loopback.isAddress(address))
                    .findFirst()
                    .ifPresent(address -> {
                        throw new CraqException(
                                ErrorCode.INVALID_ARGUMENT,
                                "credentials must not go to manager " + address
                                        + " unencrypted: name the authorities of its certificate, too (--ca FILE, or"
                                        + " ClientTls in Java)");
                    });
        }
    }

    private AccessToken askToken(FetchedToken.Secret secret) {
        return routing.token(secret);
    }

    private static SslContext context(ClientTls tls) {
        Optional<TlsFiles> own = tls.certificate()
                .map(certificate -> new TlsFiles(certificate, tls.key().orElseThrow(), tls.authorities()));
        return Errors.valid(() -> UserTls.context(tls.authorities(), own));
    }

    public Receipt put(String name, Path source, PutOptions options) throws IOException {
        Names.check(name);
        try (FileSource file = new FileSource(source)) {
            return options.resume().isPresent() && file.repeatable() && file.length() > 0
                    ? resumed(name, source, file, options)
                    : writer.put(name, file, options);
        }
    }

    private Receipt resumed(String name, Path source, FileSource file, PutOptions options) throws IOException {
        Optional<UploadRecord> record = options.writeId().isPresent()
                ? Optional.empty()
                : Optional.of(new UploadRecord(
                        options.resume().orElseThrow().records(), routing.managers(), name, source, options));
        try (ResumedPut put = new ResumedPut(writer, name, source, file, options, record)) {
            return put.run();
        }
    }

    /** Refuses an option that only puts of local files have. */
    private static void notResumable(PutOptions options) {
        if (options.resume().isPresent()) {
            throw new IllegalArgumentException("only puts of local files can be resumed");
        }
    }

    public Receipt put(String name, InputStream source, PutOptions options) throws IOException {
        Names.check(name);
        notResumable(options);
        return writer.put(name, new StreamSource(source, replayBytes), options);
    }

    public Receipt append(String name, Path source, PutOptions options) throws IOException {
        Names.check(name);
        notResumable(options);
        try (FileSource file = new FileSource(source)) {
            return writer.append(name, file, options);
        }
    }

    public Receipt append(String name, InputStream source, PutOptions options) throws IOException {
        Names.check(name);
        notResumable(options);
        return writer.append(name, new StreamSource(source, replayBytes), options);
    }

    public FileInfo get(String name, OutputStream target, GetOptions options) throws IOException {
        Names.check(name);
        return reader.get(name, target, options);
    }

    public FileInfo get(String name, Path target, GetOptions options) throws IOException {
        Names.check(name);
        if (options.parallel() > 1) {
            return new ParallelGet(reader, routing::chain, name, target, options).run();
        }
        if (options.resume().isPresent()) {
            return new ResumedGet(reader, name, target, options).run();
        }
        try (FileTarget file = FileTarget.open(target)) {
            FileInfo info = reader.get(name, file.stream(), options);
            file.commit();
            return info;
        }
    }

    public SeekableByteChannel open(String name, GetOptions options) {
        Names.check(name);
        return new VersionChannel(reader, reader.stat("open", name, options), options);
    }

    public FileInfo stat(String name, GetOptions options) {
        Names.check(name);
        return reader.stat(name, options);
    }

    public ListPage list(ListOptions options) {
        return reader.list(options);
    }

    public Iterator<FileInfo> pages(ListOptions first) {
        return new PagedFiles(reader, first);
    }

    public VersionPage versions(String name, VersionOptions options) {
        Names.check(name);
        return reader.versions(name, options);
    }

    public Receipt delete(String name, DeleteOptions options) {
        Names.check(name);
        return writer.delete(name, options);
    }

    public Receipt copy(String source, String target, CopyOptions options) {
        return copy("copy '" + source + "'", source, target, options, false);
    }

    public Receipt move(String source, String target, CopyOptions options) {
        return copy("move '" + source + "'", source, target, options, true);
    }

    private Receipt copy(String what, String source, String target, CopyOptions options, boolean removes) {
        Steps one = steps();
        one.copy(source, target, options, removes);
        return one.commit(what, options.writeId()).get(0);
    }

    /** Begins a transaction. */
    public Steps steps() {
        return new Steps(writer);
    }

    /** Returns the token that calls carry; empty if they carry none. */
    public Optional<AccessToken> token() {
        return retry.atManager("get a token", login::token);
    }

    public ChainInfo chain() {
        return retry.atManager("ask for the chain", routing::chain);
    }

    @Override
    public void close() {
        connections.close();
        channels.close();
    }
}
