// The one translation unit that compiles Asio's TLS itself (separate compilation).
#include <boost/asio/ssl/impl/src.hpp>
