package org.craq.server;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The head of a request as a server presents it; all other methods fail. */
public final class FakeRequest {
    private record Line(String name, String value) {}

    private final String method;
    private final String uri;
    private final String query;
    private final List<Line> lines = new ArrayList<>();

    private FakeRequest(String method, String uri, String query) {
        this.method = method;
        this.uri = uri;
        this.query = query;
    }

    /**
     * Creates a request.
     *
     * @param target the path, with a query if there is one
     * @param headers alternating names and values
     */
    public static HttpServletRequest of(String method, String target, String... headers) {
        int mark = target.indexOf('?');
        FakeRequest request = new FakeRequest(
                method, mark < 0 ? target : target.substring(0, mark), mark < 0 ? null : target.substring(mark + 1));
        for (int i = 0; i < headers.length; i += 2) {
            request.lines.add(new Line(headers[i], headers[i + 1]));
        }
        return (HttpServletRequest) Proxy.newProxyInstance(
                FakeRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, arguments) -> request.answer(called, arguments));
    }

    @SuppressWarnings("JdkObsolete") // what the servlet API returns
    private Object answer(Method called, Object[] arguments) {
        return switch (called.getName()) {
            case "getMethod" -> method;
            case "getRequestURI" -> uri;
            case "getRequestURL" -> new StringBuffer("http://127.0.0.1:8081" + uri);
            case "getContextPath" -> "";
            case "getQueryString" -> query;
            case "getHeader" -> values(arguments[0]).stream().findFirst().orElse(null);
            case "getHeaders" -> Collections.enumeration(values(arguments[0]));
            case "getHeaderNames" ->
                Collections.enumeration(
                        lines.stream().map(Line::name).distinct().toList());
            default -> throw new UnsupportedOperationException(called.getName());
        };
    }

    private List<String> values(Object name) {
        return lines.stream()
                .filter(line -> line.name().equalsIgnoreCase((String) name))
                .map(Line::value)
                .toList();
    }
}
