package org.craq.client.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.craq.client.ChainInfo;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentChecksum;

/**
 * Downloads one version into a file by several concurrent ranges, from all members in turn. A range that its member
 * can't send is fetched from another one. The whole content is verified against the version's checksum before it
 * replaces the target.
 */
final class ParallelGet {
    static final int PART_BYTES = 8 << 20;

    private final Reader reader;
    private final Supplier<ChainInfo> chain;
    private final String name;
    private final Path wanted;
    private final GetOptions options;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final LongConsumer progress;
    private long received;

    ParallelGet(Reader reader, Supplier<ChainInfo> chain, String name, Path wanted, GetOptions options) {
        WholeFile.require(options, "only downloads of whole files can fetch ranges in parallel");
        this.reader = reader;
        this.chain = chain;
        this.name = name;
        this.wanted = wanted;
        this.options = options;
        progress = options.progress();
    }

    FileInfo run() throws IOException {
        try (FileTarget file = FileTarget.open(wanted)) {
            FileInfo version;
            if (WholeFile.sameVersionEverywhere(options) && FileTarget.takesAnyPlace(wanted)) {
                version = reader.stat("get", name, options);
                fetch(file, version);
            } else {
                version = reader.get(name, file.stream(), options);
            }
            file.commit();
            return version;
        }
    }

    private void fetch(FileTarget file, FileInfo version) throws IOException {
        int[] checksums = new int[(int) ((version.length() + PART_BYTES - 1) / PART_BYTES)];
        List<String> members = options.node().map(List::of).orElseGet(() -> chain.get().members().stream()
                .filter(MemberInfo::complete)
                .map(MemberInfo::nodeId)
                .toList());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(options.parallel(), checksums.length); i++) {
            Thread thread = new Thread(() -> fetchParts(file, version, members, checksums), "craq-client-range");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        join(threads);
        rethrow();
        ContentChecksum whole = new ContentChecksum();
        for (int i = 0; i < checksums.length; i++) {
            whole.add(checksums[i], length(i, version));
        }
        if (whole.value() != version.crc32c()) {
            throw WholeFile.damaged(version);
        }
    }

    private static int length(int part, FileInfo version) {
        return (int) Math.min(PART_BYTES, version.length() - (long) part * PART_BYTES);
    }

    private void fetchParts(FileTarget file, FileInfo version, List<String> members, int[] checksums) {
        try {
            for (int part = next.getAndIncrement();
                    part < checksums.length && failure.get() == null;
                    part = next.getAndIncrement()) {
                checksums[part] = fetchPart(file, version, part, members);
            }
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private int fetchPart(FileTarget file, FileInfo version, int part, List<String> members) throws IOException {
        GetOptions range =
                options.withVersion(version.version()).withRange((long) part * PART_BYTES, length(part, version));
        if (!members.isEmpty()) {
            try {
                return fetch(file, version, range.withNode(members.get(part % members.size())));
            } catch (CraqException e) {
                if (options.node().isPresent() || !e.code().advice().repeatable()) {
                    throw e;
                }
            }
        }
        return fetch(file, version, range);
    }

    /** Fetches one range and returns its checksum. */
    private int fetch(FileTarget file, FileInfo version, GetOptions range) throws IOException {
        CRC32C checksum = new CRC32C();
        Share share = new Share();
        try {
            OutputStream target = new CheckedOutputStream(file.at(range.offset()), checksum);
            FileInfo sent = reader.get(name, target, range.withProgress(share));
            WholeFile.checkSame(version, sent);
            return (int) checksum.getValue();
        } catch (CraqException e) {
            share.accept(0);
            throw e;
        }
    }

    /** The part of the overall progress that one range contributes. */
    private final class Share implements LongConsumer {
        private long last;

        @Override
        public void accept(long now) {
            synchronized (ParallelGet.this) {
                received += now - last;
                last = now;
                progress.accept(received);
            }
        }
    }

    /** Waits for all threads; an interrupt stops them. */
    private void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    failure.compareAndSet(
                            null, new CraqException(ErrorCode.NOT_SERVING, "the download was interrupted", e));
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() throws IOException {
        Exception failed = failure.get();
        if (failed instanceof IOException local) {
            throw local;
        }
        if (failed instanceof RuntimeException other) {
            throw other;
        }
    }
}
