package org.craq.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Reads the end of a log that is still being written, and then what is appended. If the log is truncated, it is read
 * from its start.
 */
public final class LogTail {
    private static final int BLOCK = 256 * 1024;
    private static final long POLL_MILLIS = 200;

    private final Path log;
    private long position;

    public LogTail(Path log) {
        this.log = log;
    }

    /** Returns the last lines: as many as requested that fit into 256 KiB. */
    public String last(int lines) throws IOException {
        position = Math.max(0, Files.size(log) - BLOCK);
        boolean cut = position > 0;
        List<String> all = read().lines().toList();
        List<String> whole = cut && all.size() > 1 ? all.subList(1, all.size()) : all;
        return whole.stream()
                .skip(Math.max(0, whole.size() - lines))
                .map(line -> line + System.lineSeparator())
                .collect(Collectors.joining());
    }

    /** Returns what was appended since the last call. If nothing was, it waits briefly and returns an empty text. */
    public String awaitMore() throws IOException, InterruptedException {
        if (!Files.exists(log) || Files.size(log) == position) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            return "";
        }
        if (Files.size(log) < position) {
            position = 0;
        }
        return read();
    }

    private String read() throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(position);
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            while (block.hasRemaining() && channel.read(block) >= 0) {
                // Continues until the block is full or the file ends.
            }
            position = channel.position();
            return new String(block.array(), 0, block.position(), StandardCharsets.UTF_8);
        }
    }
}
