package org.craq.server.clients;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Optional;

/** A response whose body must be received at the minimum rate or faster. */
final class GuardedResponse extends HttpServletResponseWrapper {
    private final Exchange exchange;
    private Optional<GuardedOutput> output = Optional.empty();
    private Optional<PrintWriter> writer = Optional.empty();

    GuardedResponse(HttpServletResponse response, Exchange exchange) {
        super(response);
        this.exchange = exchange;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (output.isEmpty()) {
            output = Optional.of(new GuardedOutput(super.getOutputStream(), exchange.outgoing()));
        }
        return output.get();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer.isEmpty()) {
            writer = Optional.of(new PrintWriter(new OutputStreamWriter(getOutputStream(), getCharacterEncoding())));
        }
        return writer.get();
    }

    /**
     * Sends the rest, as the container would wait for the client without a limit.
     *
     * @param whole also closes an answer without a body; if false, the container may still want to write one
     */
    void finish(boolean whole) throws IOException {
        writer.ifPresent(PrintWriter::flush);
        if (whole || output.isPresent()) {
            getOutputStream().close();
        }
    }
}
