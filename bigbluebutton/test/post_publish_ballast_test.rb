# frozen_string_literal: true

# Run: ruby bigbluebutton/test/post_publish_ballast_test.rb

require 'minitest/autorun'
require 'socket'
require 'tmpdir'
require_relative '../post_publish_ballast'

# A small HTTP server that keeps what it is sent as Ballast does; `faults` are taken before it answers rightly.
class FakeBallast
  attr_reader :content, :requests, :faults
  attr_accessor :outcome, :answers_arriving

  def initialize
    @server = TCPServer.new('127.0.0.1', 0)
    @content = +''.b
    @requests = []
    @faults = []
    @outcome = { 'step' => 'done' }
    @size = nil
    @thread = Thread.new { loop { serve(@server.accept) } }
  end

  def url
    "http://127.0.0.1:#{@server.addr[1]}"
  end

  def stop
    @thread.kill
    @server.close
  end

  private

  def serve(socket)
    line = socket.gets
    return if line.nil?

    method, target = line.split
    headers = read_headers(socket)
    body = socket.read(headers.fetch('content-length', '0').to_i)
    @requests << { method: method, target: target, token: headers['authorization'], bytes: body.to_s.bytesize }
    answer(socket, method, URI.decode_www_form(URI(target).query).to_h, body)
  ensure
    socket.close
  end

  def read_headers(socket)
    headers = {}
    while (line = socket.gets) && line != "\r\n"
      name, value = line.chomp.split(': ', 2)
      headers[name.downcase] = value
    end
    headers
  end

  def answer(socket, method, query, body)
    fault = method == 'POST' ? @faults.shift : nil
    return if fault == :cut
    return reply(socket, fault, { 'detail' => 'a fault' }) if fault

    if method == 'POST'
      return reply(socket, 409, { 'detail' => 'wrong offset' }) unless query['offset'].to_i == @content.bytesize

      @content << body
      @size = query['size'].to_i
      # As one that was ended before it knew that all was there.
      if @answers_arriving && @content.bytesize == @size
        @answers_arriving = false
        @is_stuck = true
      elsif body.empty?
        @is_stuck = false
      end
    end
    return reply(socket, 200, { 'step' => 'arriving', 'offset' => @content.bytesize }) if @is_stuck

    reply(socket, 200, @content.bytesize == @size ? @outcome : { 'step' => 'arriving', 'offset' => @content.bytesize })
  end

  def reply(socket, code, content)
    text = JSON.generate(content)
    socket.write("HTTP/1.1 #{code} X\r\nContent-Length: #{text.bytesize}\r\nConnection: close\r\n\r\n#{text}")
  end
end

class PostPublishBallastTest < Minitest::Test
  ID = "#{'a1' * 20}-1700000000000"

  def setup
    @folder = Dir.mktmpdir
    @ballast = FakeBallast.new
    @waits = []
    publish('presentation')
  end

  def teardown
    @ballast.stop
    FileUtils.rm_rf(@folder)
  end

  def publish(format, id = ID)
    folder = File.join(@folder, 'published', format, id)
    FileUtils.mkdir_p(File.join(folder, 'video'))
    File.write(File.join(folder, 'metadata.xml'), '<recording/>')
    File.binwrite(File.join(folder, 'video', 'webcams.webm'), Random.bytes(50_000))
    folder
  end

  def settings(more = {})
    Ballast::Settings.new({
      'url' => @ballast.url, 'token' => 'import-token', 'piece_size' => 20_000, 'first_wait' => 1,
      'published_dir' => File.join(@folder, 'published'), 'status_dir' => File.join(@folder, 'status')
    }.merge(more))
  end

  def sender(more = {})
    Ballast::Sender.new(settings(more), Logger.new(File::NULL), sleeper: ->(seconds) { @waits << seconds })
  end

  def done_file
    File.join(@folder, 'status', 'published', "#{ID}-ballast.done")
  end

  def names_sent
    IO.popen(['tar', '--list', '--file', '-'], 'r+b') do |tar|
      tar.write(@ballast.content)
      tar.close_write
      tar.read.split
    end
  end

  def test_sends_all_formats_in_pieces_and_remembers_them
    publish('video')
    assert sender.send_recording(ID)
    assert_includes names_sent, "presentation/#{ID}/metadata.xml"
    assert_includes names_sent, "video/#{ID}/video/webcams.webm"
    posts = @ballast.requests.select { |request| request[:method] == 'POST' }
    assert_operator posts.length, :>, 4
    assert(posts.all? { |request| request[:bytes] <= 20_000 && request[:token] == 'Bearer import-token' })
    assert_equal %w[presentation video], JSON.parse(File.read(done_file)).keys
    assert_empty sender.unsent
  end

  def test_sends_one_format_when_it_is_named
    publish('video')
    assert sender.send_recording(ID, 'video')
    assert(names_sent.all? { |name| name.start_with?("video/#{ID}") })
    assert_equal [ID], sender.unsent
  end

  def test_goes_on_where_it_was_cut
    @ballast.faults.push(nil, :cut, 503, nil, 507)
    assert sender.send_recording(ID)
    assert_includes names_sent, "presentation/#{ID}/metadata.xml"
    assert_equal 3, @waits.length
    assert_operator @waits[1], :>, @waits[0]
  end

  def test_asks_for_the_end_of_what_has_arrived_whole
    @ballast.answers_arriving = true
    assert sender.send_recording(ID)
    assert_equal 0, @ballast.requests.reverse.find { |request| request[:method] == 'POST' }[:bytes]
    assert_empty @waits
  end

  def test_gives_up_after_its_attempts_and_leaves_no_done_file
    @ballast.faults.push(*Array.new(3, 503))
    assert_raises(Ballast::Unreachable) { sender('attempts' => 3).send_recording(ID) }
    refute_path_exists done_file
  end

  def test_does_not_try_again_what_is_refused
    @ballast.faults.push(403)
    assert_raises(Ballast::Refused) { sender.send_recording(ID) }
    assert_empty @waits
  end

  def test_says_why_ballast_cannot_import_it
    @ballast.outcome = { 'step' => 'failed', 'reason' => 'no metadata' }
    error = assert_raises(Ballast::Refused) { sender.send_recording(ID) }
    assert_includes error.message, 'no metadata'
    refute_path_exists done_file
  end

  def test_sends_by_itself_only_once_what_ballast_cannot_import
    @ballast.outcome = { 'step' => 'failed', 'reason' => 'no metadata' }
    assert_raises(Ballast::Refused) { sender.send_recording(ID) }
    assert_empty sender.unsent
    File.utime(0, Time.now + 60, File.join(@folder, 'published', 'presentation', ID, 'metadata.xml'))
    assert_equal [ID], sender.unsent
  end

  def test_calls_nothing_sent_that_ballast_imported_in_part
    @ballast.outcome = { 'step' => 'done', 'reason' => 'not imported: video' }
    error = assert_raises(Ballast::Refused) { sender('delete_recording' => true).send_recording(ID) }
    assert_includes error.message, 'in part'
    refute_path_exists done_file
  end

  def test_waits_for_the_import_and_does_not_call_it_sent_before
    @ballast.outcome = { 'step' => 'received' }
    refute sender('wait_for_import' => 5).send_recording(ID)
    refute_path_exists done_file
  end

  def test_sends_links_as_the_files_they_are
    folder = publish('presentation')
    File.symlink(File.join(folder, 'metadata.xml'), File.join(folder, 'soft.xml'))
    File.link(File.join(folder, 'metadata.xml'), File.join(folder, 'hard.xml'))
    assert sender.send_recording(ID)
    listing = IO.popen(['tar', '--list', '--verbose', '--file', '-'], 'r+b') do |tar|
      tar.write(@ballast.content)
      tar.close_write
      tar.read
    end
    assert(listing.lines.all? { |line| line.start_with?('-', 'd') }, listing)
  end

  def test_sends_again_what_was_published_again
    assert sender.send_recording(ID)
    File.utime(0, Time.now + 60, File.join(@folder, 'published', 'presentation', ID, 'metadata.xml'))
    assert_equal [ID], sender.unsent
  end

  def test_has_nothing_to_do_for_a_format_that_publishes_nothing
    assert sender.send_recording(ID, 'screenshare')
    assert_empty @ballast.requests
  end

  def test_refuses_names_that_are_no_recording
    ['../../etc', "#{ID}; rm -rf /", '', '--help'].each do |name|
      assert_raises(Ballast::Refused) { sender.send_recording(name) }
    end
    assert_empty @ballast.requests
  end

  def test_deletes_only_what_is_whole
    bin = File.join(@folder, 'bin')
    FileUtils.mkdir_p(bin)
    File.write(File.join(bin, 'bbb-record'), "#!/bin/sh\necho \"$@\" >> #{@folder}/deleted\n", perm: 0o755)
    processed = File.join(@folder, 'status', 'processed')
    FileUtils.mkdir_p(processed)
    %w[presentation video].each { |format| File.write(File.join(processed, "#{ID}-#{format}.done"), '') }
    path = ENV.fetch('PATH')
    ENV['PATH'] = "#{bin}:#{path}"
    begin
      assert sender('delete_recording' => true).send_recording(ID)
      refute_path_exists File.join(@folder, 'deleted')
      publish('video')
      @ballast.stop
      @ballast = FakeBallast.new
      assert sender('delete_recording' => true).send_recording(ID, 'video')
      assert_equal "--delete #{ID}\n", File.read(File.join(@folder, 'deleted'))
    ensure
      ENV['PATH'] = path
    end
  end

  def test_refuses_to_send_its_token_in_the_clear
    assert_raises(Ballast::Refused) { settings('url' => 'http://ballast.example.org') }
    assert_equal 'https://b.example.org/admin/v1/recordings/import', settings('url' => 'https://b.example.org/').url.to_s
  end

  def test_names_what_is_wrong_with_its_settings_but_never_the_token
    path = File.join(@folder, 'ballast.yml')
    File.write(path, "url: https://b.example.org\ntoken: [secret-token\n")
    error = assert_raises(Ballast::Refused) { Ballast::Settings.load(path) }
    assert_includes error.message, path
    refute_includes error.message, 'secret-token'
  end

  def test_refuses_a_setting_it_does_not_know
    error = assert_raises(Ballast::Refused) { settings('pice_size' => 3, 'x' => 1) }
    assert_includes error.message, 'pice_size, x'
    assert_includes error.message, 'piece_size'
    assert settings('ca_file' => '/etc/ssl/own.pem')
  end

  def test_refuses_what_a_setting_cannot_be
    # "false" in quotes is a text, and as such true: it would delete.
    { 'delete_recording' => 'false', 'piece_size' => 0, 'attempts' => 'many', 'first_wait' => -1, 'ca_file' => 7 }.each do |name, value|
      error = assert_raises(Ballast::Refused, name) { settings(name => value) }
      assert_includes error.message, name
    end
    error = assert_raises(Ballast::Refused) { settings('token' => ['import-token']) }
    refute_includes error.message, 'import-token'
  end

  def test_exits_with_0_1_or_2
    path = File.join(@folder, 'ballast.yml')
    File.write(path, YAML.dump(
      'url' => @ballast.url, 'token' => 'import-token', 'attempts' => 1,
      'published_dir' => File.join(@folder, 'published'), 'status_dir' => File.join(@folder, 'status')
    ))
    log = File.join(@folder, 'log')
    assert_equal 0, Ballast::Command.run(['-m', ID, '-f', 'presentation', '--config', path, '--log', log])
    assert_equal 0, Ballast::Command.run(['--all', '--config', path, '--log', log])
    assert_equal 1, Ballast::Command.run(['-m', 'nonsense', '--config', path, '--log', log])
    assert_equal 1, Ballast::Command.run(['-m', ID, '--config', "#{path}.none", '--log', log])
    _, words = capture_io { assert_equal 2, Ballast::Command.run([]) }
    assert_includes words, '-m ID'
    refute_includes File.read(log), 'import-token'
  end
end
