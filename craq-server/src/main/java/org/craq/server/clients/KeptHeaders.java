package org.craq.server.clients;

import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A copy of a request's headers, for threads in which the object that JAX-RS injects cannot be used. */
final class KeptHeaders implements HttpHeaders {
    private final MultivaluedMap<String, String> kept;

    KeptHeaders(HttpHeaders headers) {
        kept = headers.getRequestHeaders();
    }

    @Override
    public List<String> getRequestHeader(String name) {
        return kept.get(name);
    }

    @Override
    public String getHeaderString(String name) {
        List<String> values = kept.get(name);
        return values == null ? null : String.join(",", values);
    }

    @Override
    public MultivaluedMap<String, String> getRequestHeaders() {
        return kept;
    }

    @Override
    public List<MediaType> getAcceptableMediaTypes() {
        throw unused();
    }

    @Override
    public List<Locale> getAcceptableLanguages() {
        throw unused();
    }

    @Override
    public MediaType getMediaType() {
        throw unused();
    }

    @Override
    public Locale getLanguage() {
        throw unused();
    }

    @Override
    public Map<String, Cookie> getCookies() {
        throw unused();
    }

    @Override
    public Date getDate() {
        throw unused();
    }

    @Override
    public int getLength() {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("only lookups of headers by name are supported");
    }
}
